import { causeOf } from './cause.js';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const none = { requestId: undefined, traceparent: undefined };

describe('what a message was caused by', () => {
  it('stands in the metadata of a request', () => {
    const metadata = { 'request-id': 'r', traceparent };
    expect(causeOf({ isEvent: false, metadata, body: '{"correlationid":"x"}' })).toEqual({
      requestId: 'r',
      traceparent,
    });
    expect(causeOf({ isEvent: false, metadata: {}, body: '{"correlationid":"x"}' })).toEqual(none);
  });

  it('stands in the envelope of an event', () => {
    const body = JSON.stringify({ correlationid: 'r', traceparent, data: {} });
    expect(causeOf({ isEvent: true, metadata: {}, body })).toEqual({ requestId: 'r', traceparent });
  });

  it('is taken from the metadata of an event of the release before', () => {
    const metadata = { 'request-id': 'r', traceparent };
    expect(causeOf({ isEvent: true, metadata, body: '{}' }).requestId).toBe('r');
  });

  it('may be missing, or be nonsense', () => {
    for (const body of ['null', '[]', '7', '{}', '{"correlationid":1,"traceparent":{}}']) {
      expect(causeOf({ isEvent: true, metadata: {}, body })).toEqual(none);
    }
  });
});
