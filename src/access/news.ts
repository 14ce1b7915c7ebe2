import { EventEmitter, once } from 'node:events';
import type { EndSeen } from '../core/lateness.js';
import type { CaseId } from '../core/model.js';

/** Tells whoever waits in this process that Plex showed something new about a case. Promptness only: it may be missed. */
export class News {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  private readonly over = new AbortController();

  private ended: (ends: readonly EndSeen[]) => void = () => undefined;

  /** `run` hears of every end that Plex was seen to show. */
  onEnds(run: (ends: readonly EndSeen[]) => void): void {
    this.ended = run;
  }

  tellEnds(ends: readonly EndSeen[]): void {
    this.ended(ends);
  }

  /** Ends every wait: the process is stopping. */
  close(): void {
    this.over.abort();
  }

  tell(caseIds: readonly string[]): void {
    for (const id of new Set(caseIds)) this.emitter.emit(id);
  }

  /** Resolves at the next news about any of these cases: true, or false when the signal ended the wait. */
  async next(ids: readonly CaseId[], signal: AbortSignal): Promise<boolean> {
    const heard = new AbortController();
    const ends = AbortSignal.any([signal, this.over.signal, heard.signal]);
    const waits = ids.map((id) => once(this.emitter, id, { signal: ends }));
    return Promise.any(waits)
      .then(
        () => true,
        () => false,
      )
      .finally(() => heard.abort());
  }
}
