import { describe, expect, it } from 'vitest';
import { type Live, holdsUntil, nothingYet, reduce } from './live';
import { look } from './model';
import { START, alert, cleared, instant, neverHeard, snapshot, update, zone } from './samples';
import type { Message } from './wire';

const tell = (live: Live, at: number, message: Message | string): Live =>
  reduce(live, {
    kind: 'frame',
    text: typeof message === 'string' ? message : JSON.stringify(message),
    at: instant(at),
  });
const first = (more = {}) => tell(reduce(nothingYet, { kind: 'connecting' }), 0, snapshot(0, more));

describe('the live feed', () => {
  it('knows everything after the snapshot', () => {
    const live = first();
    expect(live.link).toBe('live');
    expect([...live.zones.keys()]).toEqual(['hall/a', 'hall/b']);
    expect(live.broken).toBeNull();
  });

  it('takes an update over what it had', () => {
    const live = tell(first(), 1, update(1, 2, { zones: [zone('b', 1, 0.9)] }));
    expect(live.zones.get('hall/b')?.view.density?.at_end).toBe(0.9);
    expect(live.zones.get('hall/a')?.view.density?.at_end).toBe(0.2);
  });

  it('leaves the state before it untouched', () => {
    const before = first();
    tell(before, 1, update(1, 2, { zones: [zone('b', 1, 0.9)], alerts: [alert('b', 1)] }));
    expect(before.zones.get('hall/b')?.view.density?.at_end).toBe(0.5);
    expect(before.alarms.size).toBe(0);
  });

  it('asks for a new connection when a frame is missing', () => {
    const live = tell(first(), 1, update(1, 3));
    expect(live.broken).toBe('frame 2 is missing');
    expect(live.now).toBe(START);
  });

  it('asks for a new connection when an update comes before the snapshot', () => {
    const live = reduce(first(), { kind: 'connecting' });
    expect(tell(live, 1, update(1, 2)).broken).toContain('before the snapshot');
  });

  it('takes a second snapshot on the same connection, as after dropped frames', () => {
    const live = tell(first(), 1, snapshot(1, { sequence: 7, zones: [zone('a', 1, 1)] }));
    expect(live.broken).toBeNull();
    expect(live.sequence).toBe(7);
    expect(live.zones.size).toBe(1);
  });

  it('counts a malformed frame, keeps what it knew and asks for a new connection', () => {
    const live = tell(first(), 1, '{"type":"update","sequence":2');
    expect(live.misread).toBe(1);
    expect(live.broken).toContain('not JSON');
    expect(live.zones.size).toBe(2);
  });

  it('is lost when nothing was heard for 3 s, and not before', () => {
    const live = first();
    expect(reduce(live, { kind: 'tick', at: instant(3) }).link).toBe('live');
    const lost = reduce(live, { kind: 'tick', at: instant(3.001) });
    expect(lost.link).toBe('lost');
    expect(lost.broken).toContain('3 s');
  });

  it('is lost by the wall clock too, as after a sleep that stops the monotonic one', () => {
    const slept = { mono: 100, wall: START + 60_000 };
    expect(reduce(first(), { kind: 'tick', at: slept }).link).toBe('lost');
  });

  it('says nothing of a connection that comes back in time', () => {
    let live = reduce(first(), { kind: 'closed', reason: 'gone' });
    expect(live.link).toBe('live');
    live = tell(reduce(live, { kind: 'connecting' }), 2, snapshot(2));
    expect(live.link).toBe('live');
    expect(live.reason).toBeNull();
  });

  it('does not drop a connection that is being made when it becomes lost', () => {
    const live = reduce(reduce(first(), { kind: 'closed', reason: 'gone' }), {
      kind: 'connecting',
    });
    const lost = reduce(live, { kind: 'tick', at: instant(4) });
    expect(lost.link).toBe('lost');
    expect(lost.broken).toBeNull();
    expect(lost.reason).toBe('gone');
  });

  it('is lost at once when the console was never reached', () => {
    expect(reduce(nothingYet, { kind: 'closed', reason: 'refused' }).link).toBe('lost');
  });

  it('remembers when an alarm was raised until it is cleared and raised again', () => {
    let live = first({ alerts: [alert('a', -5)] });
    live = tell(live, 1, update(1, 2, { alerts: [cleared('a', 1)] }));
    expect(live.alarms.get('hall/dense/a')).toMatchObject({
      at: START + 1000,
      raisedAt: START - 5000,
    });
    live = tell(live, 2, update(2, 3, { alerts: [{ ...alert('a', 2), occurrence: '2' }] }));
    expect(live.alarms.get('hall/dense/a')?.raisedAt).toBe(START + 2000);
  });
});

describe('the age of data', () => {
  const rowOf = (live: Live, key: string, now: number) =>
    look(live, START + now * 1000).rows.find((row) => row.key === key)!;

  it('is data up to 10 s and no data after', () => {
    const live = first();
    expect(rowOf(live, 'hall/a', 10)).toMatchObject({ hasData: true, severity: 'normal' });
    expect(rowOf(live, 'hall/a', 10.001)).toMatchObject({ hasData: false, severity: 'no-data' });
  });

  it('is data for longer where sensors speak seldom', () => {
    const live = first();
    live.venues[0]!.zones[0]!.stale_after_s = 185;
    expect(rowOf(live, 'hall/a', 185)).toMatchObject({ hasData: true, ageMs: 185_000 });
    expect(rowOf(live, 'hall/a', 185.001)).toMatchObject({ hasData: false });
    expect(rowOf(live, 'hall/b', 11)).toMatchObject({ hasData: false });
  });

  it('holds for a zone that did not change while its venue goes on', () => {
    const live = tell(first(), 9, update(9, 2, { zones: [zone('b', 9, 0.5)] }));
    expect(holdsUntil(live, live.zones.get('hall/a')!)).toBe(START + 9000);
    expect(rowOf(live, 'hall/a', 11)).toMatchObject({ hasData: true, ageMs: 2000 });
  });

  it('ends for a zone that is not repeated although its venue goes on', () => {
    const live = tell(first(), 13, update(13, 2, { zones: [zone('b', 13, 0.5)] }));
    expect(rowOf(live, 'hall/a', 13)).toMatchObject({ hasData: false, ageMs: 13_000 });
  });

  it('shows a stale zone’s last numbers with their age, and no level', () => {
    const stale = zone('a', 6, 0.9, { quality: 'QUALITY_STALE' });
    const live = tell(first(), 6, update(6, 2, { zones: [stale] }));
    expect(rowOf(live, 'hall/a', 6)).toMatchObject({
      hasData: false,
      letter: null,
      density: 0.2,
      ageMs: 6000,
      inflow: null,
    });
  });

  it('never takes a zone that was never heard of for empty', () => {
    const live = first({ zones: [neverHeard('a')] });
    expect(rowOf(live, 'hall/a', 0)).toMatchObject({
      severity: 'no-data',
      density: null,
      people: null,
      ageMs: null,
    });
    expect(rowOf(live, 'hall/b', 0)).toMatchObject({ severity: 'no-data', view: null });
  });

  it('writes the history of a zone that did not change, and a gap where it is unknown', () => {
    const history = [
      { venue_id: 'hall', zone_id: 'a', end: snapshot(0).now, step_s: 5, density: [0.1, 0.2] },
      { venue_id: 'hall', zone_id: 'b', end: snapshot(0).now, step_s: 5, density: [0.5, 0.5] },
    ];
    let live = first({ history });
    const unknown = { quality: 'QUALITY_UNKNOWN' } as const;
    live = tell(live, 5, update(5, 2, { zones: [zone('b', 5, 0.5, unknown)] }));
    expect(live.zones.get('hall/a')?.history?.density).toEqual([0.1, 0.2, 0.2]);
    expect(live.zones.get('hall/b')?.history?.density).toEqual([0.5, 0.5, null]);
  });
});
