import { counter } from '@courtside/service';

/** Sign-ups that ended without an account, by who called them off. */
export const signUpsCalledOff = () =>
  counter<'by'>({
    name: 'sign_ups_called_off_total',
    help: 'Sign-ups called off: by the request that failed, or by the sweep after it had died',
    labelNames: ['by'],
  });
