import { describe, expect, it } from 'vitest';
import { type Rankable, bucket, heldOrder, noOrder, sameOrder, worstFirst } from './order';

const row = (key: string, index: number, more: Partial<Rankable> = {}): Rankable => ({
  key,
  index,
  severity: 'normal',
  priority: null,
  load: 0.2,
  ...more,
});

describe('the order of zones', () => {
  it('is worst first: critical, warning, no data, normal', () => {
    const rows = [
      row('normal', 0),
      row('blind', 1, { severity: 'no-data', load: null }),
      row('warning', 2, { severity: 'warning', load: 0.9 }),
      row('critical', 3, { severity: 'critical', priority: 'critical', load: 0.5 }),
    ];
    expect(worstFirst(noOrder, rows).keys).toEqual(['critical', 'warning', 'blind', 'normal']);
  });

  it('within a severity goes by alarm priority, then load, then the venue file', () => {
    const warning = { severity: 'warning' } as const;
    const rows = [
      row('file-first', 0, { ...warning, load: 0.8 }),
      row('file-second', 1, { ...warning, load: 0.81 }),
      row('fuller', 2, { ...warning, load: 1.4 }),
      row('alarmed', 3, { ...warning, load: 0.1, priority: 'low' }),
    ];
    const keys = worstFirst(noOrder, rows).keys;
    expect(keys).toEqual(['alarmed', 'fuller', 'file-first', 'file-second']);
  });

  it('does not change when loads breathe', () => {
    let order = worstFirst(noOrder, [row('a', 0, { load: 0.21 }), row('b', 1, { load: 0.19 })]);
    for (const [a, b] of [
      [0.19, 0.21],
      [0.22, 0.24],
      [0.17, 0.18],
    ] as const) {
      const next = worstFirst(order, [row('a', 0, { load: a }), row('b', 1, { load: b })]);
      expect(next.keys).toEqual(order.keys);
      order = next;
    }
  });

  it('follows a load that is clearly worse', () => {
    const before = worstFirst(noOrder, [row('a', 0, { load: 0.2 }), row('b', 1, { load: 0.2 })]);
    const after = worstFirst(before, [row('a', 0, { load: 0.2 }), row('b', 1, { load: 0.5 })]);
    expect(after.keys).toEqual(['b', 'a']);
  });

  it('keeps a load in its bucket until it is well outside', () => {
    expect(bucket(undefined, 0.25)).toBe(2);
    expect(bucket(2, 0.34)).toBe(2);
    expect(bucket(2, 0.36)).toBe(3);
    expect(bucket(2, 0.16)).toBe(2);
    expect(bucket(2, 0.14)).toBe(1);
    expect(bucket(2, null)).toBe(-1);
  });

  it('when held keeps what is shown, adds what is new at the end, drops what is gone', () => {
    expect(heldOrder(['a', 'b', 'c'], ['d', 'c', 'a'])).toEqual(['a', 'c', 'd']);
    expect(sameOrder(['a'], ['a'])).toBe(true);
    expect(sameOrder(['a', 'b'], ['b', 'a'])).toBe(false);
  });
});
