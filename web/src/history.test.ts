import { describe, expect, it } from 'vitest';
import { type History, direction, extend, spanMinutes } from './history';
import { placeOnScale } from './level-scale';
import { HEIGHT, WIDTH, paths } from './trend';

const history = (density: (number | null)[], end = 0): History => ({ end, step: 5000, density });

describe('history', () => {
  it('stays the same object until a step is due', () => {
    const before = history([1]);
    expect(extend(before, 4999, 2)).toBe(before);
    expect(extend(before, 5000, 2)).toEqual(history([1, 2], 5000));
  });

  it('fills the step that an unchanged zone did not say, and leaves longer silences open', () => {
    expect(extend(history([1]), 10_500, 2).density).toEqual([1, 2, 2]);
    expect(extend(history([1]), 20_000, 2).density).toEqual([1, null, null, null, 2]);
  });

  it('keeps 15 minutes, also after a day without data', () => {
    const long = history(new Array<number>(180).fill(1));
    expect(extend(long, 5000, 2).density).toHaveLength(180);
    expect(extend(long, 86_400_000, 2).density).toHaveLength(180);
  });

  it('is shown over the shortest span that holds what is known', () => {
    expect(spanMinutes([])).toBe(2);
    expect(spanMinutes([history(new Array<null>(180).fill(null))])).toBe(2);
    expect(spanMinutes([history(new Array<number>(25).fill(1))])).toBe(5);
    expect(spanMinutes([history(new Array<number>(180).fill(1)), null])).toBe(15);
  });
});

describe('direction', () => {
  const slope = (perStep: number) => history(Array.from({ length: 12 }, (_, i) => 1 + i * perStep));

  it.each([
    [0, 'steady'],
    [0.004, 'steady'],
    [0.02, 'rising'],
    [0.1, 'rising fast'],
    [-0.02, 'falling'],
    [-0.1, 'falling fast'],
  ] as const)('of %f people/m2 per step against 2 people/m2 is %s', (perStep, expected) => {
    expect(direction(slope(perStep), 2)).toBe(expected);
  });

  it('is not known from too little, or from gaps', () => {
    expect(direction(history([1, 1, 1]), 2)).toBeNull();
    expect(direction(history([1, 1, 1, null, null, null]), 2)).toBeNull();
    expect(direction(null, 2)).toBeNull();
  });
});

describe('the trend strip', () => {
  it('ends at the right edge and breaks at gaps', () => {
    const { line } = paths(history([0, 1, null, 1]), { spanMinutes: 3, full: 2 });
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line).toContain(`M${WIDTH.toFixed(2)} `);
  });

  it('stays inside its box', () => {
    const { line, area } = paths(history([0, 9, 0.1]), { spanMinutes: 3, full: 2 });
    const heights = [...line.matchAll(/ (-?[\d.]+)/g)].map((match) => Number(match[1]));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...heights)).toBeLessThanOrEqual(HEIGHT);
    expect(area.endsWith('Z')).toBe(true);
  });
});

describe('the level scale', () => {
  it('puts a density between the bounds of its level', () => {
    const bounds = [1, 2, 3, 4, 5];
    expect(placeOnScale(bounds, 0)).toBe(0);
    expect(placeOnScale(bounds, 0.5)).toBeCloseTo(0.5 / 6);
    expect(placeOnScale(bounds, 1)).toBeCloseTo(1 / 6);
    expect(placeOnScale(bounds, 4.5)).toBeCloseTo(4.5 / 6);
    expect(placeOnScale(bounds, 50)).toBe(1);
  });
});
