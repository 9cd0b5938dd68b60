import type { Around } from '@courtside/transport';
import type { Logger } from '../log/logger.js';
import { messageDuration } from '../operations/metrics.js';
import { newId } from '../request/ids.js';
import { inRequest } from '../request/request-context.js';
import { childTraceparent } from '../request/trace.js';
import { causeOf } from './cause.js';

type Outcome = 'answered' | 'refused';

interface Surroundings {
  readonly app: string;
  readonly logger: Logger;
}

/** Runs each handler inside its request's context, measured and logged alike in every app. */
export function aroundHandlers({ app, logger }: Surroundings): Around {
  const duration = messageDuration();
  return (context, run) => {
    const { metadata, pattern, deadline } = context;
    const cause = causeOf(context);
    const request = {
      requestId: cause.requestId ?? newId(),
      traceparent: childTraceparent(cause.traceparent),
      deadline,
      metadata,
    };
    return inRequest(request, async () => {
      const end = duration.startTimer({ app, message: pattern });
      let outcome: Outcome = 'refused';
      try {
        const answer = await run();
        outcome = 'answered';
        return answer;
      } finally {
        const seconds = end({ outcome });
        logger.debug({ message: pattern, outcome, seconds }, 'handled a message');
      }
    });
  };
}
