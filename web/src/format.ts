// Numbers, ages and times for people.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const NOTHING = '–';

export const people = (value: number | null): string =>
  value === null ? NOTHING : whole.format(Math.round(value));

export const flow = people;

export const density = (value: number | null): string =>
  value === null ? NOTHING : value.toFixed(2);

// At most two decimals, none when there are none: limits, areas, widths.
export const plain = (value: number): string => String(Math.round(value * 100) / 100);

export function age(ms: number | null): string {
  if (ms === null) return NOTHING;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    const options: Intl.DateTimeFormatOptions = {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    };
    try {
      clock = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      clock = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    clocks.set(zone, clock);
  }
  return clock;
}

// The time at the venue; a zone that this browser does not know is shown in UTC, and says so.
export function siteTime(ms: number, zone: string): { time: string; zone: string } {
  const parts = clockOf(zone).formatToParts(ms);
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return {
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
    zone: part('timeZoneName'),
  };
}

export const clockTime = (ms: number, zone: string): string => siteTime(ms, zone).time;

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
