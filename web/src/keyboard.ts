// The page's keys. Enter needs none: a zone's name is a link.

import { useEffect, useRef } from 'preact/hooks';

export interface Keys {
  find: () => void;
  move: (to: 'next' | 'previous' | 'first' | 'last') => void;
  close: () => void;
  pause: () => void;
  help: () => void;
}

const MOVES: Record<string, Parameters<Keys['move']>[0]> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  Home: 'first',
  End: 'last',
};

export function useKeys(keys: Keys): void {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]')) return; // it has its own Esc
      if (act(event, newest.current)) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function act(event: KeyboardEvent, keys: Keys): boolean {
  const typing = event.target instanceof HTMLInputElement;
  const move = MOVES[event.key];
  if (event.key === 'Escape') keys.close();
  else if (move && (!typing || event.key === 'ArrowDown')) keys.move(move);
  else if (typing) return false;
  else if (event.key === '/') keys.find();
  else if (event.key === 'p') keys.pause();
  else if (event.key === '?') keys.help();
  else return false;
  return true;
}
