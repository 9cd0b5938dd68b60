import type { Route } from '../routes/route.js';
import { openApi } from './openapi.js';

/** The version of the operations under `/api/v1`. */
export const API_VERSION = '1.0.0';

/** The document of the whole platform. */
export const platformApi = (routes: readonly Route[]): object =>
  openApi(routes, {
    title: 'Courtside',
    description:
      'Every operation that clients reach. Send the token of `POST /api/v1/login` as ' +
      '`Authorization: Bearer` or as `X-Token`. Everything that fails answers ' +
      '`application/problem+json`, explained at `/problems/{code}`.',
    version: API_VERSION,
  });
