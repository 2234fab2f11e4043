import {
  AuthenticationError,
  MultipleErrors,
  NetworkError,
  ResponseError,
  TimeoutError,
  UserError,
} from '@platformatic/kafka';
import { isTransientOfPlatformatic, RequestFailed } from './errors.ts';

/** What a broker answered, by its codes. */
function answered(...codes: number[]): Error {
  const errors = Object.fromEntries(codes.map((code, at) => [`/topics/${at}`, [code, null] as const]));
  return new ResponseError(3, 12, errors as never, {});
}
const loginRefused = new AuthenticationError('SASL authentication failed.', { cause: answered(58) });
const loginBroken = new AuthenticationError('Cannot find a suitable SASL mechanism.', {
  cause: new NetworkError('Connection closed'),
});
const connecting = (cause: Error): Error => new NetworkError('Connection to a:1 failed.', { cause });

test.each<[string, boolean, Error]>([
  ['a leader that moved', true, answered(6)],
  ['a topic that is missing, in its own words', true, new UserError('Unknown topic a.')],
  ['no permission', false, answered(29)],
  ['no permission for one of several topics', false, answered(3, 29)],
  ['a connection that breaks', true, new NetworkError('Connection closed')],
  ['nobody who listens', true, connecting(new Error('connect ECONNREFUSED'))],
  ['a connection that is not made in time', true, new TimeoutError('Connection to a:1 timed out.')],
  ['a request that is not answered in time', false, new TimeoutError('Request timed out')],
  ['a login that is refused', false, connecting(loginRefused)],
  ['a connection that breaks during a login', true, connecting(loginBroken)],
  ['a wrong use of the library', false, new UserError('Unknown partition.')],
  ['any other error', false, new TypeError('undefined is not a function')],
])('%s is transient: %s', (_name, expected, error) => {
  expect(isTransientOfPlatformatic(error, 1)).toBe(expected);
  expect(isTransientOfPlatformatic(new MultipleErrors('It failed.', [error]), 1)).toBe(expected);
});

test('a request that is not answered in time is transient where another broker may be asked', () => {
  expect(isTransientOfPlatformatic(new TimeoutError('Request timed out'), 2)).toBe(true);
});

test.each([null, ''])("where the broker's reason is %j, the error has the meaning of its code", (reason) => {
  const refused = new ResponseError(10, 4, { '/coordinators/0': [30, reason] } as never, {});
  const { message } = new RequestFailed(new MultipleErrors('Joining failed.', [refused]));
  expect(message).toBe('Group authorization failed.');
});
