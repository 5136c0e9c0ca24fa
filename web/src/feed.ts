// The WebSocket to the console: connects, hands frames to the reducer, connects again with growing
// pauses. Every connection begins with a full snapshot, so nothing has to be made up for.

import { here } from './clock';
import { type Live, nothingYet, reduce, type Event } from './live';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const HEAR_WITHIN_MS = 5_000;
const TICK_MS = 250;
// A connection that got this far was a good one: the next pause is short again.
const SETTLED_FRAMES = 8;

export function pauseMs(attempt: number, chance: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10));
  return full * (0.75 + chance / 4); // so that a hundred pages do not come back at one instant
}

export function liveAddress(page: string): string {
  const address = new URL('api/v1/live', page);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return address.href;
}

export class Feed {
  live: Live = nothingYet;
  private socket: WebSocket | null = null;
  private attempt = 0;
  private giveUp = () => {};

  constructor(
    private readonly address: string,
    private readonly changed: (live: Live) => void,
  ) {
    this.connect();
    setInterval(() => this.dispatch({ kind: 'tick', at: here() }), TICK_MS);
  }

  private connect(): void {
    this.dispatch({ kind: 'connecting' });
    const socket = new WebSocket(this.address);
    this.socket = socket;
    const impatience = setTimeout(() => this.drop('the console does not answer'), HEAR_WITHIN_MS);
    socket.onmessage = (message) => {
      clearTimeout(impatience);
      this.dispatch({ kind: 'frame', text: String(message.data), at: here() });
      if (this.live.sequence >= SETTLED_FRAMES) this.attempt = 0;
    };
    socket.onclose = () => this.drop('the console closed the connection');
    socket.onerror = () => this.drop('no connection');
    this.giveUp = () => clearTimeout(impatience);
  }

  private dispatch(event: Event): void {
    const next = reduce(this.live, event);
    if (next !== this.live || event.kind === 'tick') {
      this.live = next;
      this.changed(next);
    }
    if (next.broken !== null) this.drop(next.broken);
  }

  // Ends the present connection, if there is one, and plans the next.
  private drop(reason: string): void {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    this.giveUp();
    socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
    setTimeout(() => this.connect(), pauseMs(this.attempt++, Math.random()));
    this.dispatch({ kind: 'closed', reason });
  }
}
