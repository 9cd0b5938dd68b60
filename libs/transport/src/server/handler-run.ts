import { isObservable, type Observable } from 'rxjs';

/** A stream that ended without holding back a value. */
export const nothing = Symbol('nothing');

/**
 * Waits for what a handler returned. Of a stream, the last value is the answer and each one before
 * it goes to `onPart`; a value that is not followed in its own tick is not held back either.
 */
export function settle(result: unknown, onPart: (value: unknown) => void): Promise<unknown> {
  if (!isObservable(result)) return Promise.resolve(result);
  return new Promise((resolve, reject) => drain(result, { onPart, resolve, reject }));
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
      to.resolve(held);
    },
  });
}
