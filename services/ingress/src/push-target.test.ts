import { pushTargetOf } from './push-target.ts';

test.each([
  ['/v1/maker/shop', { vendor: 'maker', sourceId: 'shop', secret: '', query: '' }],
  ['/v1/maker/shop/', { vendor: 'maker', sourceId: 'shop', secret: '', query: '' }],
  ['/V1/maker/shop?a=1&b=/2?', { vendor: 'maker', sourceId: 'shop', secret: '', query: 'a=1&b=/2?' }],
  ['/v1/maker/shop/s%2Fx/?', { vendor: 'maker', sourceId: 'shop', secret: 's/x', query: '' }],
  [
    'http://gate.example.com/v1/maker/shop/s?a',
    { vendor: 'maker', sourceId: 'shop', secret: 's', query: 'a' },
  ],
  ['/v1/maker/%E0%A4%A', 'malformed'],
  ['/v1/maker', null],
  ['/v1//shop', null],
  ['/v1/maker/shop/secret/more', null],
  ['/v2/maker/shop', null],
  ['*', null],
  ['', null],
])('%s', (url, target) => {
  expect(pushTargetOf(url)).toEqual(target);
});
