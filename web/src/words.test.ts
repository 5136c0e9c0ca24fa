import { describe, expect, it } from 'vitest';
import { changes, summaryOf } from './announce';
import { badgeOf, iconOf } from './badge';
import { liveAddress, pauseMs } from './feed';
import * as format from './format';
import { type Live, nothingYet, reduce } from './live';
import { belongs, look, matches } from './model';
import { readPlace, writePlace } from './place';
import { START, alert, cleared, instant, neverHeard, snapshot, venue, zone } from './samples';
import type { Snapshot } from './wire';
import { noteOf, overall, qualityReason, reasonBeside } from './words';

const live = (more: Partial<Snapshot> = {}): Live =>
  reduce(nothingYet, { kind: 'frame', text: JSON.stringify(snapshot(0, more)), at: instant(0) });
const view = (more: Partial<Snapshot> = {}, now = 0) => look(live(more), START + now * 1000);
const sentence = (more: Partial<Snapshot> = {}) => overall(live(more), view(more));

describe('the headline', () => {
  it.each([
    ['normal', 'All 2 zones normal', {}],
    ['warning', 'Zone b is crowded', { zones: [zone('a', 0, 0.1), zone('b', 0, 1.5)] }],
    ['warning', 'Zone b is at its limit', { zones: [zone('a', 0, 0.1), zone('b', 0, 2.5)] }],
    ['warning', '2 zones to watch', { zones: [zone('a', 0, 1.2), zone('b', 0, 1.5)] }],
    ['warning', 'Alarm: Zone a', { alerts: [alert('a', 0, { priority: 'PRIORITY_HIGH' })] }],
    ['critical', 'Critical alarm: Zone a', { alerts: [alert('a', 0)] }],
    ['critical', '2 critical alarms, newest: Zone b', { alerts: [alert('a', -9), alert('b', -3)] }],
    ['no-data', 'No data from Zone b', { zones: [zone('a', 0, 0.1), neverHeard('b')] }],
    ['no-data', 'No data from any zone', { zones: [] }],
    ['no-data', 'No venue yet', { venues: [], zones: [] }],
    ['lost', 'The log cannot be reached', { feed: { reachable: false, reason: 'refused' } }],
    ['normal', 'All 2 zones normal', { alerts: [cleared('a', 0)] }],
  ] as const)('is %s: %s', (tone, text, more) => {
    expect(sentence(more as Partial<Snapshot>)).toEqual({ tone, text });
  });

  it('says at which time of the venue the connection was lost', () => {
    const lost = reduce(live(), { kind: 'tick', at: instant(4) });
    expect(overall(lost, look(lost, START + 4000)).text).toBe('Connection lost at 22:00:00');
    expect(noteOf(lost, look(lost, START + 4000), null)).toContain('4 s old');
  });

  it('says how many people there are, and when that is not all', () => {
    expect(noteOf(live(), view(), null)).toBe('The hall · 70 people');
    const blind = { zones: [zone('a', 0, 0.2), neverHeard('b')] };
    expect(noteOf(live(blind), view(blind), null)).toBe(
      'The hall · 20 people in the zones with data',
    );
  });
});

describe('counts and filters', () => {
  it('count a zone with an alarm and no data in both', () => {
    const both = view({ zones: [neverHeard('a'), zone('b', 0, 0.1)], alerts: [alert('a', 0)] });
    expect(both.counts).toEqual({ critical: 1, warning: 0, 'no-data': 1, normal: 1 });
    expect(belongs(both.rows[0]!, 'critical') && belongs(both.rows[0]!, 'no-data')).toBe(true);
  });

  it('find zones by all words, in name, venue, level and severity', () => {
    const row = view().rows[1]!;
    for (const text of ['', 'zone b', 'HALL b', 'steady', 'normal walkway']) {
      expect(matches(row, text), text).toBe(true);
    }
    expect(matches(row, 'zone x')).toBe(false);
  });

  it('survive the way through the address', () => {
    const place = { show: 'critical', find: 'süd & gate', zone: 'hall/a' } as const;
    expect(readPlace(writePlace(place))).toEqual(place);
    expect(writePlace({ show: null, find: '', zone: 'hall/a' })).toBe('#zone=hall/a');
    expect(readPlace('#show=nonsense')).toEqual({ show: null, find: '', zone: null });
  });
});

describe('what is announced', () => {
  it('is a change of level, worst first, and never a number that ticks', () => {
    const before = summaryOf(view());
    expect(changes(before, view({ zones: [zone('a', 0, 0.25), zone('b', 0, 0.5)] }))).toBe('');
    const worse = view({
      venues: [venue(['a', 'b'])],
      zones: [zone('a', 0, 1.2), zone('b', 0, 0.5)],
      alerts: [alert('b', 0)],
    });
    expect(changes(before, worse)).toBe(
      'Critical alarm: Zone b, level C, steady. Warning: Zone a, level E, crowded.',
    );
    expect(changes(summaryOf(worse), view())).toContain('Zone a is normal again');
  });

  it('is nothing at first, and a few sentences when everything changes', () => {
    expect(changes(new Map(), view())).toBe('');
    const many = {
      venues: [venue([...'abcdef'])],
      zones: [...'abcdef'].map((id) => zone(id, 0, 0.1)),
    };
    const said = changes(summaryOf(view(many)), view(many, 60));
    expect(said.match(/No data/g)).toHaveLength(3);
    expect(said).toContain('3 more zones');
  });
});

describe('the tab', () => {
  it('counts open alarms, and asks when the connection is lost', () => {
    const more = { alerts: [alert('a', 0), alert('b', 0)] };
    expect(badgeOf(view(more), false, sentence(more))).toMatchObject({ mark: '2' });
    expect(badgeOf(view(more), false, sentence(more)).title).toMatch(/^\(2\) 2 critical alarms/);
    expect(badgeOf(view(more), true, { tone: 'lost', text: 'Connection lost' })).toMatchObject({
      mark: '?',
      title: '? Connection lost · crowdflow',
    });
    expect(iconOf(badgeOf(view(), false, sentence()))).toMatch(/^data:image\/svg\+xml,/);
  });
});

describe('words and numbers', () => {
  it('are formatted for people', () => {
    expect(format.people(12345.6)).toBe('12,346');
    expect(format.people(null)).toBe('–');
    expect(format.density(0.125)).toMatch(/^0\.1[23]$/);
    expect([0, 99_999, 100_000, 7_200_000].map(format.age)).toEqual([
      '0 s',
      '99 s',
      '1 min',
      '2 h',
    ]);
    expect(format.siteTime(START, 'Asia/Seoul').time).toBe('22:00:00');
    expect(format.siteTime(START, 'Mars/Olympus')).toEqual({ time: '13:00:00', zone: 'UTC' });
  });

  it('know every reason of the contract, and say an unknown one as it is', () => {
    expect(qualityReason('QUALITY_REASON_SENSOR_SILENT')).toContain('fallen silent');
    expect(qualityReason('QUALITY_REASON_APPORTIONED')).toContain('whole venue was counted');
    expect(qualityReason('QUALITY_REASON_MOON_PHASE')).toBe('moon phase.');
    expect(reasonBeside('Hall', 'Hall: 2.3 people/m2 on m20')).toBe('2.3 people/m² on m20');
    expect(reasonBeside('Hall', 'Halls: full')).toBe('Halls: full');
  });
});

describe('the way to the console', () => {
  it('is beside the page, wherever that is served', () => {
    expect(liveAddress('http://127.0.0.1:8080/#zone=a')).toBe('ws://127.0.0.1:8080/api/v1/live');
    expect(liveAddress('https://ops.example/crowd/')).toBe('wss://ops.example/crowd/api/v1/live');
  });

  it('is tried again after growing pauses, at most 10 s', () => {
    expect([0, 1, 2, 9, 99].map((attempt) => pauseMs(attempt, 1))).toEqual([
      500, 1000, 2000, 10_000, 10_000,
    ]);
    expect(pauseMs(0, 0)).toBe(375);
  });
});
