import { describe, expect, it } from 'vitest';
import { decode } from './decode';
import { alert, neverHeard, snapshot, update, zone } from './samples';

const problem = (frame: unknown): string => {
  const decoded = decode(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return decoded.ok ? '' : decoded.problem;
};

describe('a frame', () => {
  it('is a snapshot or an update', () => {
    const full = snapshot(0, {
      alerts: [alert('a', 0)],
      zones: [zone('a', 0, 1), neverHeard('b')],
    });
    expect(problem(full)).toBe('');
    expect(problem(update(0, 2))).toBe('');
  });

  it('may carry fields that this page does not know', () => {
    expect(problem({ ...update(0, 2), weather: 'rain' })).toBe('');
  });

  it.each([
    ['', 'not JSON'],
    ['null', 'an object'],
    ['[]', 'an object'],
    ['{"type":"greeting"}', 'snapshot or update'],
    [{ ...update(0, 2), sequence: 1.5 }, 'sequence should be a whole number'],
    [{ ...update(0, 2), now: 'yesterday' }, 'now should be a time'],
    [{ ...update(0, 2), feed: null }, 'feed should be an object'],
    [{ ...update(0, 2), zones: {} }, 'zones should be a list'],
    [
      { ...update(0, 2), zones: [{ ...zone('a', 0, 1), density: { at_end: 'NaN' } }] },
      'zones[0].density.at_end',
    ],
    [{ ...update(0, 2), alerts: [{ ...alert('a', 0), condition_active: 1 }] }, 'condition_active'],
    [{ ...snapshot(0), venues: [{ id: 'x' }] }, 'venues[0].name should be text, not missing'],
  ])('is refused whole when a part of it is wrong: %j', (frame, words) => {
    expect(problem(frame)).toContain(words);
  });

  it('is refused when level bounds do not rise, for they would invert the level', () => {
    const wrong = snapshot(0);
    wrong.venues[0]!.zones[0]!.profile = {
      ...wrong.venues[0]!.zones[0]!.profile,
      begins_at: [5, 4, 3, 2, 1],
    };
    expect(problem(wrong)).toContain('five rising numbers');
  });
});
