import { momentOf } from './manifest.js';

const DAY_MS = 24 * 60 * 60_000;

const dayOf = (name: string): string => name.slice(0, 8);

/**
 * Which backups have had their time: all but those of the last 24 hours, and the newest of each of the
 * last `days` days on which one was taken. Days without any count for nothing, so that a schedule that
 * stood still takes nothing away.
 * @param names the newest first.
 */
export function overdue(names: readonly string[], days: number, now: number): string[] {
  const newestOfDays = names.filter(
    (name, index) => index === 0 || dayOf(name) !== dayOf(names[index - 1] ?? ''),
  );
  const stays = new Set(newestOfDays.slice(0, days));
  return names.filter((name) => !stays.has(name) && now - momentOf(name) > DAY_MS);
}

/** Parts without a manifest that nobody is busy with any more: what broke off. */
export function abandoned(
  parts: readonly string[],
  backups: readonly string[],
  now: number,
): string[] {
  return parts.filter((part) => {
    const [name = ''] = part.split('/');
    return !backups.includes(name) && now - momentOf(name) > DAY_MS;
  });
}
