import { SetMetadata } from '@nestjs/common';

/** Where a listener keeps the channel it hears. */
export const HEARS_CHANNEL = 'courtside:hears';

/**
 * Marks a method of a provider that hears what is broadcast on a channel. It is called with the text,
 * and with nothing after a reconnect, when some may have been missed: then it drops what it derived.
 */
export const Hears = (
  channel: string,
): (<T extends (text: string | undefined) => void>(
  target: object,
  key: string,
  method: TypedPropertyDescriptor<T>,
) => void) => SetMetadata(HEARS_CHANNEL, channel);
