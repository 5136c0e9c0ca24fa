// Keeps the order of the rows still while somebody points at them or moves through them.

import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

// A pointer that was left lying on the table does not hold it: the first movement holds it again,
// before anything can be clicked.
const IDLE_MS = 30_000;

export function useHold(table: RefObject<HTMLElement>): () => boolean {
  const inside = useRef(false);
  const moved = useRef(-Infinity);

  useEffect(() => {
    const element = table.current;
    if (!element) return;
    const enter = () => {
      inside.current = true;
      moved.current = performance.now();
    };
    const leave = () => {
      inside.current = false;
    };
    const touch = () => {
      moved.current = performance.now();
    };
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointermove', enter);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('focusin', touch);
    element.addEventListener('keydown', touch);
    return () => {
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointermove', enter);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('focusin', touch);
      element.removeEventListener('keydown', touch);
    };
  }, []);

  return () => {
    const element = table.current;
    const focused = element?.contains(document.activeElement) ?? false;
    return (inside.current || focused) && performance.now() - moved.current < IDLE_MS;
  };
}
