import { histogram } from '@courtside/service';

/** How long requests take, by route; unknown paths are all one. */
export const requestDuration = () =>
  histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to its answer',
    labelNames: ['route', 'method', 'status'],
  });
