import type { Observable } from 'rxjs';

/** A stream that ended without holding back a value. */
const nothing = Symbol('nothing');

/**
 * Waits for the end of a stream that a handler returned. The last value is the answer and each one
 * before it goes to `onPart`; a value that is not followed in its own tick is not held back either.
 * Without a value left the answer is `undefined`.
 */
export function settle(
  stream: Observable<unknown>,
  onPart: (value: unknown) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => drain(stream, { onPart, resolve, reject }));
}

function drain(
  stream: Observable<unknown>,
  to: {
    onPart: (value: unknown) => void;
    resolve: (value: unknown) => void;
    reject: (error: unknown) => void;
  },
): void {
  let held: unknown = nothing;
  let isOpen = true;
  const release = () => {
    if (held !== nothing) to.onPart(held);
    held = nothing;
  };
  stream.subscribe({
    next: (value) => {
      release();
      held = value;
      queueMicrotask(() => {
        if (isOpen) release();
      });
    },
    error: (error: unknown) => {
      isOpen = false;
      release();
      to.reject(error);
    },
    complete: () => {
      isOpen = false;
      to.resolve(held === nothing ? undefined : held);
    },
  });
}
