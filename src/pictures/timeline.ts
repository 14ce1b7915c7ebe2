import { createCanvas } from '@napi-rs/canvas';
import { BarController, BarElement, CategoryScale, Chart, LinearScale } from 'chart.js';
import type { Plugin } from 'chart.js';
import { registerFonts } from './fonts.js';
import { fit, font, write } from './ink.js';
import type { Ink } from './ink.js';

/** How a bar goes on: the colour says it, and so do its words. */
export type BarKind = 'stays' | 'ends' | 'begins';

/** One line of a timeline. */
export interface TimelineRow {
  /** Who, then what; drawn under each other where both are there. */
  readonly label: string;
  readonly small: string;
  readonly kind: BarKind;
  /** Epoch ms; may lie outside of the time shown. null: no end. */
  readonly from: number;
  readonly to: number | null;
  /** What stands on the bar. */
  readonly note: string;
}

/** Who has what when, ready to be drawn: every word is final. */
export interface Timeline {
  readonly title: string;
  /** In which the days are cut and the times are said. */
  readonly zone: string;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly rows: readonly TimelineRow[];
}

const WIDTH = 1200;
const MARGIN = 28;
const LABELS = 340;
const HEAD = 128;
const FOOT = 56;
const ROW = 68;
/** The room that an arrow needs on its bar. */
const ARROW = 32;
const INK = {
  ground: '#2b2d31',
  band: '#313338',
  grid: '#43454c',
  text: '#f2f3f5',
  soft: '#b5bac1',
  onBar: '#111214',
} as const;
/** Of Okabe and Ito: told apart also by eyes that do not tell red from green. */
const COLOURS: Readonly<Record<BarKind, string>> = {
  stays: '#009e73',
  ends: '#56b4e9',
  begins: '#e69f00',
};
const KINDS: Readonly<Record<BarKind, string>> = {
  stays: 'has it, no end in sight',
  ends: 'has it, ends',
  begins: 'begins later',
};

Chart.register(BarController, BarElement, CategoryScale, LinearScale);
registerFonts();

/** Draws a timeline as PNG; 1200 px wide, as high as its rows need. */
export function drawTimeline(timeline: Timeline): Uint8Array {
  const { rows, from, to } = timeline;
  const canvas = createCanvas(WIDTH, HEAD + rows.length * ROW + FOOT);
  const chart = new Chart(canvas, {
    type: 'bar',
    data: {
      labels: rows.map((_, index) => index),
      datasets: [
        {
          data: rows.map((row) => [Math.max(row.from, from), Math.min(row.to ?? to, to)]),
          backgroundColor: rows.map(({ kind }) => COLOURS[kind]),
          borderRadius: 8,
          borderSkipped: false,
          minBarLength: 10,
          barThickness: 42,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      animation: false,
      responsive: false,
      devicePixelRatio: 1,
      events: [],
      layout: { padding: { left: MARGIN + LABELS, right: MARGIN, top: HEAD, bottom: FOOT } },
      scales: { x: { display: false, min: from, max: to }, y: { display: false } },
    },
    plugins: [around(timeline)],
  });
  const png = canvas.toBuffer('image/png');
  chart.destroy(); // which also wipes the canvas
  return png;
}

/** Everything that Chart.js does not draw as it should look here. */
const around = (timeline: Timeline): Plugin<'bar'> => ({
  id: 'around',
  beforeDatasetsDraw({ ctx, scales: { x } }) {
    const ink = ctx as unknown as Ink;
    if (!x) return;
    ground(ink, timeline);
    for (const { at, label } of timeline.ticks) {
      const px = Math.round(x.getPixelForValue(at));
      line(ink, { px, rows: timeline.rows.length, colour: INK.grid });
      write(ink, label, {
        x: px,
        y: bottom(timeline) + 30,
        font: font(22),
        colour: INK.soft,
        align: 'center',
      });
    }
  },
  afterDatasetsDraw(chart) {
    const ink = chart.ctx as unknown as Ink;
    const { x } = chart.scales;
    if (!x) return;
    const now = Math.round(x.getPixelForValue(timeline.now));
    timeline.rows.forEach((row, index) => {
      const [left, right] = [
        Math.max(row.from, timeline.from),
        Math.min(row.to ?? timeline.to, timeline.to),
      ];
      const bar = { left: x.getPixelForValue(left), right: x.getPixelForValue(right) };
      label(ink, row, middle(index));
      note(ink, row, { ...bar, y: middle(index), now });
      const isOpen = (row.to ?? Infinity) > timeline.to;
      if (isOpen && bar.right - bar.left >= ARROW) goesOn(ink, bar.right, middle(index));
    });
    nowLine(ink, now, timeline.rows.length);
  },
});

const middle = (index: number): number => HEAD + index * ROW + ROW / 2;
const bottom = ({ rows }: Timeline): number => HEAD + rows.length * ROW;

function ground(ink: Ink, timeline: Timeline): void {
  ink.fillStyle = INK.ground;
  ink.fillRect(0, 0, WIDTH, bottom(timeline) + FOOT);
  ink.fillStyle = INK.band;
  timeline.rows.forEach((_, index) => {
    if (index % 2 === 0) ink.fillRect(0, HEAD + index * ROW, WIDTH, ROW);
  });
  const title = fit(ink, timeline.title, { width: WIDTH - 2 * MARGIN, font: font(34, 600) });
  write(ink, title, { x: MARGIN, y: 40, font: font(34, 600), colour: INK.text });
  let x = MARGIN;
  for (const kind of new Set(timeline.rows.map((row) => row.kind))) {
    ink.fillStyle = COLOURS[kind];
    ink.beginPath();
    ink.roundRect(x, 69, 26, 18, 5);
    ink.fill();
    write(ink, KINDS[kind], { x: x + 36, y: 78, font: font(22), colour: INK.soft });
    x += 36 + ink.measureText(KINDS[kind]).width + 40;
  }
}

function label(ink: Ink, { label: name, small }: TimelineRow, y: number): void {
  const isTwo = small !== '';
  const place = { x: MARGIN, colour: INK.text };
  const first = fit(ink, name, { width: LABELS - 20, font: font(26, 600) });
  write(ink, first, { ...place, y: isTwo ? y - 14 : y, font: font(26, 600) });
  if (!isTwo) return;
  const second = fit(ink, small, { width: LABELS - 20, font: font(22) });
  write(ink, second, { ...place, y: y + 16, font: font(22), colour: INK.soft });
}

/** On the bar where it fits, else beside it where there is more room. */
function note(
  ink: Ink,
  { note: words }: TimelineRow,
  { left, right, y, now }: { left: number; right: number; y: number; now: number },
): void {
  ink.font = font(22);
  const { width } = ink.measureText(words);
  const start = left < now && now - left < width ? Math.max(left, now) + 12 : left + 12;
  if (start + width + 30 <= right) {
    write(ink, words, { x: start, y, font: font(22), colour: INK.onBar });
  } else if (right + 12 + width <= WIDTH - MARGIN) {
    const beside = right < now && now < right + 12 + width ? now : right;
    write(ink, words, { x: beside + 12, y, font: font(22), colour: INK.text });
  } else {
    const room = { width: left - 12 - MARGIN - LABELS, font: font(22) };
    const shown = fit(ink, words, room);
    write(ink, shown, { x: left - 12, y, font: font(22), colour: INK.text, align: 'right' });
  }
}

/** An arrow at the end of a bar that does not end here. */
function goesOn(ink: Ink, right: number, y: number): void {
  ink.strokeStyle = INK.onBar;
  ink.lineWidth = 3;
  ink.beginPath();
  ink.moveTo(right - 20, y - 8);
  ink.lineTo(right - 11, y);
  ink.lineTo(right - 20, y + 8);
  ink.stroke();
}

function nowLine(ink: Ink, px: number, rows: number): void {
  line(ink, { px, rows, colour: INK.text, width: 3 });
  write(ink, 'now', {
    x: px,
    y: HEAD - 16,
    font: font(22, 600),
    colour: INK.text,
    align: 'center',
  });
}

function line(ink: Ink, of: { px: number; rows: number; colour: string; width?: number }): void {
  ink.fillStyle = of.colour;
  const width = of.width ?? 1;
  ink.fillRect(of.px - Math.floor(width / 2), HEAD, width, of.rows * ROW);
}
