// Computes what an eye would have to: WCAG contrast of every pair that is used, the order of the
// grey steps, and that red and amber stay apart for eyes that do not tell red from green.

import { describe, expect, it } from 'vitest';
import css from './palette.css?raw';

type Colour = [number, number, number]; // 0 to 1, sRGB
type Palette = Record<string, Colour>;

function read(text: string): Palette {
  const found = text.matchAll(/--([\w-]+):\s*#([0-9a-f]{6});/g);
  return Object.fromEntries(
    [...found].map(([, name, hex]) => [
      name,
      [0, 2, 4].map((at) => parseInt(hex!.slice(at, at + 2), 16) / 255) as Colour,
    ]),
  );
}

const [lightText, darkText] = css.split('@media');
const light = read(lightText!);
const themes = { light, dark: { ...light, ...read(darkText!) } };

const linear = (value: number) =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

function luminance([r, g, b]: Colour): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function contrast(a: Colour, b: Colour): number {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

// Machado, Oliveira and Fernandes 2009, severity 1.0, in linear RGB.
const BLINDNESS = {
  none: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  deutan: [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ],
  protan: [
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ],
};

function lab(colour: Colour, eye: number[]): Colour {
  const raw = colour.map(linear) as Colour;
  const seen = [0, 3, 6].map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        raw.reduce((sum, value, i) => sum + value * eye[row + i]!, 0),
      ),
    ),
  ) as Colour;
  const [r, g, b] = seen;
  const x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047;
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883;
  const [fx, fy, fz] = [x, y, z].map((t) =>
    t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116,
  ) as Colour;
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const difference = (a: Colour, b: Colour, eye: number[]) =>
  Math.hypot(...lab(a, eye).map((value, i) => value - lab(b, eye)[i]!));

const GROUNDS = ['ground', 'panel', 'raised', 'wash'];
const TEXT: [string, string[]][] = [
  ['ink', [...GROUNDS, 'critical-wash', 'warning-wash', 'step-b', 'step-c', 'step-d']],
  ['quiet', [...GROUNDS, 'critical-wash', 'warning-wash']],
  ['critical-ink', ['ground', 'critical-wash']],
  ['warning-ink', ['ground', 'warning-wash', 'raised', 'panel']],
  ['on-critical', ['critical']],
  ['on-warning', ['warning']],
  ['panel', ['ink']], // a pressed button
];
const GRAPHICS: [string, string[]][] = [
  ['critical', ['ground', 'panel', 'critical-wash']],
  ['warning-ink', ['panel']], // the line of the trend
  ['trace', ['ground', 'panel', 'wash']],
  ['edge', ['ground', 'panel']],
  ['focus', ['ground', 'panel', 'critical-wash']],
];

const cases = (pairs: [string, string[]][]) =>
  Object.keys(themes).flatMap((theme) =>
    pairs.flatMap(([front, backs]) => backs.map((back) => [theme, front, back] as const)),
  );

describe('the palette', () => {
  it.each(cases(TEXT))('%s: text in %s on %s has a contrast of 4.5', (theme, front, back) => {
    const palette: Palette = themes[theme as keyof typeof themes];
    expect(contrast(palette[front]!, palette[back]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(cases(GRAPHICS))('%s: shapes in %s on %s have a contrast of 3', (theme, front, back) => {
    const palette: Palette = themes[theme as keyof typeof themes];
    expect(contrast(palette[front]!, palette[back]!)).toBeGreaterThanOrEqual(3);
  });

  it.each(['light', 'dark'] as const)('%s: the steps from A to D go one way', (theme) => {
    const palette: Palette = themes[theme];
    const steps = ['panel', 'step-b', 'step-c', 'step-d'].map((name) => luminance(palette[name]!));
    const sign = Math.sign(steps[3]! - steps[0]!);
    for (let i = 1; i < steps.length; ++i)
      expect((steps[i]! - steps[i - 1]!) * sign).toBeGreaterThan(0);
  });

  it.each(
    (['light', 'dark'] as const).flatMap((theme) =>
      (Object.keys(BLINDNESS) as (keyof typeof BLINDNESS)[]).map((eye) => [theme, eye] as const),
    ),
  )('%s: critical, warning and trace stay apart for %s eyes', (theme, eye) => {
    const palette: Palette = themes[theme];
    const [critical, warning, trace] = ['critical', 'warning', 'trace'].map(
      (name) => palette[name]!,
    );
    for (const [a, b] of [
      [critical, warning],
      [critical, trace],
      [warning, trace],
    ] as const) {
      expect(difference(a!, b!, BLINDNESS[eye])).toBeGreaterThan(20);
    }
  });
});
