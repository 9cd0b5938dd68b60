const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** A refusal as the API server tells it: a `Status` object. */
export class ApiStatus extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly reason = reasons[code] ?? 'Unknown',
  ) {
    super(message);
  }

  toJSON(): object {
    const { code, message, reason } = this;
    const kind = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
    return { ...kind, message, reason, code };
  }
}
