/** Who may ask, and what asking does: neither may become stricter for those who rely on it. */

/** A sentence when somebody whom the release lets ask is refused now. */
export function stricterAccess(released, now) {
  if (now.by === 'anyone') return undefined;
  if (released.by === 'service') {
    if (now.by !== 'service') return `was for ${released.callers.join(', ')} and needs a user now`;
    const gone = released.callers.filter((caller) => !now.callers.includes(caller));
    return gone.length > 0 ? `${gone.join(', ')} may not ask any more` : undefined;
  }
  if (now.by === 'service') return `is for ${now.callers.join(', ')} alone now`;
  if (released.by === 'anyone') return 'everyone could ask and only users may now';
  if (released.by === 'signed-in') {
    return now.by === 'signed-in' ? undefined : `needs the permission ${now.permission} now`;
  }
  if (now.by === 'signed-in') return undefined;
  if (released.permission !== now.permission) {
    return `needs the permission ${now.permission} and not ${released.permission} now`;
  }
  return released.orSelf !== undefined && released.orSelf !== now.orSelf
    ? 'users may not ask about themselves any more'
    : undefined;
}

/** Redelivery and retries obey the effect that the caller was built with. */
const effects = ['none', 'idempotent', 'once'];

/** A sentence when a caller of the release would repeat or send what must not be so any more. */
export function strongerEffect(released, now) {
  return effects.indexOf(now) > effects.indexOf(released)
    ? `its effect was ${released} and is ${now}: callers of the release repeat it too freely`
    : undefined;
}
