// How bad a zone is, and the words for it. Colour comes from the stylesheet; here are the facts.

import type { AlertView, Letter, Zone } from './wire';

export const SEVERITIES = ['critical', 'warning', 'no-data', 'normal'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SEVERITY_WORD: Record<Severity, string> = {
  critical: 'Critical',
  warning: 'Warning',
  'no-data': 'No data',
  normal: 'Normal',
};

export type Priority = 'critical' | 'high' | 'medium' | 'low';

const PRIORITIES: Record<string, Priority> = {
  PRIORITY_CRITICAL: 'critical',
  PRIORITY_HIGH: 'high',
  PRIORITY_MEDIUM: 'medium',
  PRIORITY_LOW: 'low',
};
const RANK: Record<Priority, number> = { critical: 4, high: 3, medium: 2, low: 1 };

// A priority that this page does not know is taken for a high one: better seen than missed.
export const priorityOf = (alert: AlertView): Priority => PRIORITIES[alert.priority] ?? 'high';
export const priorityRank = (priority: Priority | null): number => (priority ? RANK[priority] : 0);

// Hidden by somebody, on purpose and for a time: told apart from open and from cleared.
const HIDDEN: Record<string, string> = {
  ALARM_STATE_SHELVED: 'shelved',
  ALARM_STATE_SUPPRESSED: 'suppressed',
  ALARM_STATE_OUT_OF_SERVICE: 'out of service',
};

export type Standing = 'open' | 'cleared' | 'hidden';

export function standing(alert: AlertView): Standing {
  if (alert.state in HIDDEN) return 'hidden';
  return alert.condition_active ? 'open' : 'cleared';
}

export const hiddenWord = (alert: AlertView): string => HIDDEN[alert.state] ?? '';

export const LETTER_WORD: Record<Letter, string> = {
  A: 'Free',
  B: 'Light',
  C: 'Steady',
  D: 'Busy',
  E: 'Crowded',
  F: 'Jammed',
};

export function letterOf(levelOfService: string | undefined): Letter | null {
  const letter = levelOfService?.replace('LEVEL_OF_SERVICE_', '');
  return letter !== undefined && letter in LETTER_WORD ? (letter as Letter) : null;
}

// People/m2 that count as "full": the profile's limit, or else where level F begins.
export function reference(zone: Zone): number {
  return zone.profile.limit ?? zone.profile.begins_at[4] ?? 1;
}

export interface Facts {
  hasData: boolean;
  letter: Letter | null;
  // Density as a share of the reference; null when not known.
  load: number | null;
  // Of the worst open alarm of the zone.
  priority: Priority | null;
}

// An open alarm counts whether or not data still come: it is open until it is cleared.
export function severity(facts: Facts): Severity {
  if (facts.priority === 'critical') return 'critical';
  if (facts.priority !== null) return 'warning';
  if (!facts.hasData) return 'no-data';
  const crowded = facts.letter === 'E' || facts.letter === 'F';
  return crowded || (facts.load !== null && facts.load >= 1) ? 'warning' : 'normal';
}

export const severityRank = (severity: Severity): number => -SEVERITIES.indexOf(severity);
