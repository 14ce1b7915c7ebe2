import type { Parts, Standing } from './parts.js';
import { LINES, ROWS, schedulePage } from './schedule.js';
import type { SchedulePage, ScheduleWish } from './schedule.js';
import { alternative, timelineOf } from './timeline.js';

/** A page with its picture. */
export interface PicturePage extends SchedulePage {
  readonly picture: {
    readonly name: string;
    readonly content: Uint8Array;
    readonly alt: string;
  } | null;
}

/** Looking ahead, bound like `Access`. */
export class ScheduleDesk {
  constructor(
    private readonly parts: Parts,
    private readonly standing: Standing,
  ) {}

  /** The next 30 days by day. */
  page(wish: ScheduleWish): Promise<SchedulePage> {
    return schedulePage(this.parts, this.standing, { ...wish, as: 'changes', size: LINES });
  }

  /** The same as a picture: who has what when. */
  async picture(wish: ScheduleWish): Promise<PicturePage> {
    const { parts, standing } = this;
    const shown = await schedulePage(parts, standing, { ...wish, as: 'grants', size: ROWS });
    if (shown.rows.length === 0) return { ...shown, picture: null };
    const content = await parts.painter.timeline(timelineOf(shown));
    return { ...shown, picture: { name: 'schedule.png', content, alt: alternative(shown) } };
  }
}
