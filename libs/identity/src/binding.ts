import { createHash, randomBytes } from 'node:crypto';
import type { Message } from '@courtside/contracts';
import { z } from 'zod';

/** Bytes of chance in the id of what is used once: nobody guesses or repeats one. */
const ID_BYTES = 16;

/** Claims that tie a token to one message, sent once. */
export interface Binding {
  /** Its id (RFC 7519): of two tokens with the same one, the second is refused. */
  readonly jti: string;
  /** Name of the message. */
  readonly msg: string;
  /** SHA-256 of the payload as it travels, base64url. */
  readonly bdy: string;
}

/** The claims of a token that may be tied to a message. */
export const bindingClaims = {
  jti: z.string().min(22).max(64).optional(),
  msg: z.string().optional(),
  bdy: z.string().optional(),
};

export const sha256 = (text: string): string =>
  createHash('sha256').update(text).digest('base64url');

export const bindingTo = ({ name }: Message, body: string): Binding => ({
  jti: randomBytes(ID_BYTES).toString('base64url'),
  msg: name,
  bdy: sha256(body),
});

/** Undefined for a token that may be used again and again. */
export function bindingIn(claims: {
  readonly [Claim in keyof Binding]?: string | undefined;
}): Binding | undefined {
  const { jti, msg = '', bdy = '' } = claims;
  return jti === undefined ? undefined : { jti, msg, bdy };
}
