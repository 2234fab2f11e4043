import { checkArgument } from './check.ts';
import { StaffSdkError } from './error.ts';
import type { Arguments, CallName } from './vendor.ts';

const check = (name: CallName, argument: unknown): void =>
  checkArgument(name, argument as Arguments[typeof name]);
const voice = { fileUrl: 'https://cdn.example/a.mp3', voiceDuration: 2.5 };
const file = { fileUrl: 'https://cdn.example/a', fileName: '价目表.pdf', fileSize: 0 };
const circle: Record<string, unknown> = { title: 'a' };
circle.self = circle;

test.each<[CallName, unknown]>([
  [
    'pushVisitorEvent',
    {
      eventId: 'cook1005',
      title: '毛衣',
      content: '<div>',
      imageUrl: '',
      url: "apiUrl(263,'reload')",
      further: 1,
    },
  ],
  ['pushVisitorEvent', { title: 't' }],
  ['setVisitorChatSign', { chatSign: 0 }],
  ['setVisitorChatSign', { chatSign: 1 }],
  ['sendTxtMsgToVisitor', '您好'],
  ['sendImageToVisitor', { smallImg: 'http://a/s', sourceImg: 'https://a.example/l.jpg?x=1.exe#y' }],
  ['sendVideoToVisitor', { videoThumbUrl: 'https://a/t.jpg', fileUrl: 'https://a.example/v.MP4?sign=a.b' }],
  ['sendVideoToVisitor', { videoThumbUrl: 'https://a/t.jpg', fileUrl: 'https://a.example/signed' }],
  ['sendVoiceToVisitor', voice],
  ['sendVoiceToVisitor', { ...voice, fileUrl: 'https://a.example/a.wav', voiceDuration: 0 }],
  ['sendFileToVisitor', file],
])('%s takes %j', (name, argument) => {
  expect(() => check(name, argument)).not.toThrow();
});

test.each<[CallName, unknown, string]>([
  ['pushVisitorEvent', 'a card', 'the argument must be an object'],
  ['pushVisitorEvent', null, 'must be an object'],
  ['pushVisitorEvent', [{ title: 'a' }], 'must be an object'],
  ['pushVisitorEvent', {}, 'the argument.title must be a text'],
  ['pushVisitorEvent', { title: '' }, '.title must have 1 to 1024 characters'],
  ['pushVisitorEvent', { title: 'a', eventId: 7 }, '.eventId must be a text'],
  [
    'pushVisitorEvent',
    { title: 'a', content: 'x'.repeat(32_769) },
    '.content must have 0 to 32768 characters',
  ],
  ['pushVisitorEvent', { title: 'a', further: 'x'.repeat(65_536) }, 'must be smaller than 64 KiB'],
  ['pushVisitorEvent', circle, 'must be plain data'],
  ['setVisitorChatSign', { chatSign: 2 }, '.chatSign must be 0 or 1'],
  ['setVisitorChatSign', { chatSign: '1' }, '.chatSign must be 0 or 1'],
  ['setVisitorChatSign', 1, 'must be an object'],
  ['sendTxtMsgToVisitor', '', 'must have 1 to 10000 characters'],
  ['sendTxtMsgToVisitor', { content: 'a' }, 'must be a text'],
  [
    'sendImageToVisitor',
    { smallImg: 'javascript:alert(1)', sourceImg: 'https://a/b' },
    '.smallImg must be an http(s) URL',
  ],
  ['sendImageToVisitor', { smallImg: 'https://a/b' }, '.sourceImg must be an http(s) URL'],
  [
    'sendVideoToVisitor',
    { videoThumbUrl: 'https://a/b', fileUrl: 'https://a/v.avi' },
    '.fileUrl must be mp4',
  ],
  ['sendVoiceToVisitor', { ...voice, fileUrl: 'https://a/v.ogg' }, '.fileUrl must be mp3 or wav'],
  ['sendVoiceToVisitor', { ...voice, voiceDuration: -1 }, '.voiceDuration must be seconds'],
  ['sendVoiceToVisitor', { ...voice, voiceDuration: Number.NaN }, '.voiceDuration must be seconds'],
  ['sendFileToVisitor', { ...file, fileSize: 1.5 }, '.fileSize must be a whole number of bytes'],
  ['sendFileToVisitor', { ...file, fileName: '' }, '.fileName must have 1 to 1024 characters'],
])('%s refuses %j', (name, argument, message) => {
  expect(() => check(name, argument)).toThrow(StaffSdkError);
  expect(() => check(name, argument)).toThrow(`${name}: the argument`);
  expect(() => check(name, argument)).toThrow(message);
});
