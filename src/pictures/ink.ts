import type { SKRSContext2D } from '@napi-rs/canvas';
import { FAMILY } from './fonts.js';

/** What is drawn with. */
export type Ink = SKRSContext2D;

/** A size in pixels as canvas wants it. */
export const font = (size: number, weight: 400 | 600 = 400): string =>
  `${weight} ${size}px ${FAMILY}`;

/** Where and how words stand. */
export interface Written {
  readonly x: number;
  readonly y: number;
  readonly font: string;
  readonly colour: string;
  readonly align?: 'center' | 'right';
}

/** Words around the middle of a line. */
export function write(ink: Ink, words: string, { x, y, font: how, colour, align }: Written): void {
  ink.font = how;
  ink.fillStyle = colour;
  ink.textAlign = align ?? 'left';
  ink.textBaseline = 'middle';
  ink.fillText(words, x, y);
}

/** The room that words have. */
export interface Room {
  readonly width: number;
  readonly font: string;
}

/** Words cut to a width, between letters as people see them. */
export function fit(ink: Ink, words: string, { width, font: how }: Room): string {
  ink.font = how;
  if (ink.measureText(words).width <= width) return words;
  const letters = [...new Intl.Segmenter().segment(words)].map(({ segment }) => segment);
  while (letters.length > 1 && ink.measureText(`${letters.join('').trimEnd()}…`).width > width) {
    letters.pop();
  }
  return `${letters.join('').trimEnd()}…`;
}
