import { redact, type Redaction } from './redact.ts';

const action = () => ({
  id: '1',
  message: { msgType: 1, content: '您好' },
  contact: { name: '小明', gender: 1 },
  selected: { chatStatus: 1, crmData: { phone: '1' } },
  card: { eventId: 'c', title: 't', content: '<b>' },
});
const all = (redaction: Redaction) => ({ text: redaction, contact: redaction, card: redaction });

test('what is kept is as it was', async () => {
  expect(await redact(action(), all('keep'))).toEqual(action());
});

test('what is dropped is named, and what is no text stays', async () => {
  expect(await redact(action(), all('drop'))).toEqual({
    id: '1',
    message: { msgType: 1 },
    contact: {},
    selected: { chatStatus: 1 },
    card: { eventId: 'c' },
    leftOut: [
      'message.content',
      'contact.name',
      'contact.gender',
      'selected.crmData',
      'card.title',
      'card.content',
    ],
  });
});

test('what is hashed is the SHA-256 of its UTF-8', async () => {
  const redacted = await redact(action(), { text: 'hash', contact: 'keep', card: 'keep' });
  expect(redacted).toEqual({
    ...action(),
    message: {
      msgType: 1,
      // printf 您好 | sha256sum
      content: 'sha256:609bc0751d56eb467961e2bc6f798f7d44627696248e52315e1d6d091bdf502a',
    },
    hashed: ['message.content'],
  });
});
