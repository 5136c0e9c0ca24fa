import { describe, expect, it } from 'vitest';
import { alert, walkway } from './samples';
import { type Facts, letterOf, priorityOf, reference, severity, standing } from './severity';

const facts = (more: Partial<Facts>): Facts => ({
  hasData: true,
  letter: 'A',
  load: 0.1,
  priority: null,
  ...more,
});

describe('severity', () => {
  it.each([
    ['normal', {}],
    ['normal', { letter: 'D', load: 0.99 }],
    ['warning', { letter: 'E' }],
    ['warning', { letter: 'F' }],
    ['warning', { load: 1 }],
    ['warning', { priority: 'low' }],
    ['warning', { priority: 'high' }],
    ['critical', { priority: 'critical' }],
    ['no-data', { hasData: false, letter: null, load: null }],
  ] as const)('is %s for %j', (expected, more) => {
    expect(severity(facts(more))).toBe(expected);
  });

  it('keeps an open alarm when the data stop', () => {
    expect(severity(facts({ hasData: false, priority: 'critical' }))).toBe('critical');
    expect(severity(facts({ hasData: false, priority: 'medium' }))).toBe('warning');
  });

  it('takes an unknown priority for a high one', () => {
    expect(priorityOf(alert('a', 0, { priority: 'PRIORITY_COSMIC' }))).toBe('high');
  });

  it('tells open, cleared and hidden alarms apart', () => {
    expect(standing(alert('a', 0))).toBe('open');
    expect(standing(alert('a', 0, { state: 'ALARM_STATE_ACKNOWLEDGED' }))).toBe('open');
    expect(standing(alert('a', 0, { condition_active: false, state: 'ALARM_STATE_NORMAL' }))).toBe(
      'cleared',
    );
    expect(standing(alert('a', 0, { state: 'ALARM_STATE_SHELVED' }))).toBe('hidden');
  });

  it('reads the letter, and none from what it does not know', () => {
    expect(letterOf('LEVEL_OF_SERVICE_F')).toBe('F');
    expect(letterOf('LEVEL_OF_SERVICE_UNSPECIFIED')).toBeNull();
    expect(letterOf(undefined)).toBeNull();
  });

  it('measures load by the limit, or by where F begins', () => {
    const zone = {
      id: 'a',
      name: 'a',
      kind: 'walkway',
      area_m2: 1,
      capacity: null,
      stale_after_s: 10,
      profile: walkway,
    };
    expect(reference(zone)).toBe(2.17);
    expect(reference({ ...zone, profile: { ...walkway, limit: 2 } })).toBe(2);
  });
});
