/** An HTTP/1.1 answer, as far as a load cares. */
export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

const headEnd = '\r\n\r\n';

/**
 * Cuts what a connection brings into answers. Only for answers with a `content-length`, which is all that the
 * servers under load send.
 */
export function createAnswerParser(onAnswer: (answer: HttpResponse) => void): (chunk: Buffer) => void {
  let text = '';
  return (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const end = text.indexOf(headEnd);
      if (end < 0) return;
      const start = end + headEnd.length;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < start + length) return;
      const answer = { status: Number(text.slice(9, 12)), body: text.slice(start, start + length) };
      text = text.slice(start + length);
      onAnswer(answer);
    }
  };
}
