import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { requestLimitBytes, rawTopic } from '@sluice/schemas/topics';
import { mostBytes } from '@sluice/vendors/testing/amplification';
import { inFlightLimits } from './in-flight.ts';
import { publisherLimits } from './publisher-limits.ts';

test('no payload alone fills the publisher, whatever else is in flight', () => {
  const { maxMessageBytes } = rawTopic;
  expect(requestLimitBytes).toBeLessThan(maxMessageBytes);
  const most = {
    events: inFlightLimits.events + payloadLimits.events,
    // Its key and headers are small: the ids in them count as texts of the events.
    bytes: inFlightLimits.bytes + mostBytes(maxMessageBytes, payloadLimits.events),
  };
  expect(most.events).toBeLessThan(publisherLimits.maxRecords);
  expect(most.bytes).toBeLessThan(publisherLimits.maxBytes);
});
