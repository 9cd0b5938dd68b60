import { inRequest } from '../request/request-context.js';
import { demandVersion } from './precondition.js';

const demand = (version: number, ifMatch?: string) => () =>
  inRequest(
    {
      requestId: 'r',
      traceparent: '',
      deadline: 0,
      metadata: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    },
    () => demandVersion(version),
  );

describe('If-Match', () => {
  it.each([undefined, '*', '"3"', 'W/"3"', '"1", "3"', ' "3" '])('%s takes version 3', (header) => {
    expect(demand(3, header)).not.toThrow();
  });

  it.each(['"2"', '3', '', '"33"', '"*"', 'W/"2"'])('%s refuses version 3', (header) => {
    expect(demand(3, header)).toThrow('request.precondition-failed');
  });

  it('is not asked for outside of a request', () => {
    expect(() => demandVersion(3)).not.toThrow();
  });
});
