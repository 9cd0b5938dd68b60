import { StartError } from '@courtside/service';

/** What is wrong with a route, and where it stands. Lines and columns count from 1. */
export interface RouteFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export const faultText = ({ file, line, column, message }: RouteFault): string =>
  `${file}:${line}:${column} ${message}`;

/** Routes that cannot be served; the message lists every fault, one line each. */
export class RouteTableError extends StartError {
  override readonly name = 'RouteTableError';

  constructor(readonly faults: readonly RouteFault[]) {
    super(`the routes are not usable:\n  ${faults.map(faultText).join('\n  ')}`);
  }
}
