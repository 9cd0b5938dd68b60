import { newId } from '@courtside/service';

/** A correlation id of a client is taken when it is plain and short; it appears in every log line. */
const SANE = /^[A-Za-z0-9._-]{8,64}$/;

export const requestIdFrom = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' && SANE.test(header) ? header : newId();
