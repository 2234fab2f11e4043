import { createAnswerParser, type HttpResponse } from './answer-parser.ts';

const good = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nContent-Length: 7\r\n\r\nsuccess';
const refused = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length:15\r\n\r\ntry again later';

test.each([1, 3, 20, 1000])('answers arrive whole from chunks of %d bytes', (size) => {
  const answers: HttpResponse[] = [];
  const parse = createAnswerParser((answer) => void answers.push(answer));
  const bytes = Buffer.from(good + refused + good);
  for (let at = 0; at < bytes.length; at += size) parse(bytes.subarray(at, at + size));
  expect(answers).toEqual([
    { status: 200, body: 'success' },
    { status: 503, body: 'try again later' },
    { status: 200, body: 'success' },
  ]);
});
