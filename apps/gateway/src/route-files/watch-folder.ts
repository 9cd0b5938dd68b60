import { watch, type FSWatcher } from 'node:fs';

/** Editors write a file in several steps: changes are looked at once they rest this long. */
const REST_MS = 50;
/** File systems that tell nothing (network mounts) are looked at this often. */
const LOOK_EVERY_MS = 1_000;

/**
 * Calls `look` soon after something changed in the folder, and from time to time anyway; never twice
 * at once. Gives back how to stop.
 */
export function watchFolder(folder: string, look: () => Promise<void>): () => void {
  let resting: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isStopped = false;
  let watcher: FSWatcher | undefined;

  const lookOnce = async (): Promise<void> => {
    if (isLooking || isStopped) return;
    isLooking = true;
    try {
      await look();
    } finally {
      isLooking = false;
    }
  };
  try {
    watcher = watch(folder, { persistent: false }, () => {
      clearTimeout(resting);
      resting = setTimeout(() => void lookOnce(), REST_MS).unref();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    // No notices here: looking from time to time is enough.
  }
  const timer = setInterval(() => void lookOnce(), LOOK_EVERY_MS).unref();
  return () => {
    isStopped = true;
    clearTimeout(resting);
    clearInterval(timer);
    watcher?.close();
  };
}
