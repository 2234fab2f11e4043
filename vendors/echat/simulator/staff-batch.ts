import type { Random } from '@sluice/simulator/random';

const actions = ['connected', 'visitor-selected', 'card-pushed', 'text-sent', 'file-sent', 'contact-updated'];

/** What a page within the workbench sends: some actions of staff, with every part that the SDK knows. */
export function staffBatch(random: Random, at: number): string {
  const action = () => ({
    id: random.digits(12),
    action: random.pick(actions),
    result: random.pick(['done', 'failed', 'sent']),
    at: at + random.integer(0, 1_000_000),
    session: random.digits(8),
    staffId: random.digits(4),
    visitorId: `web${random.digits(6)}`,
    conversationId: `1_${random.digits(7)}`,
    card: { eventId: random.digits(5), title: '订单', content: 'a > b', memo: '' },
    message: { msgType: 1, content: '您好', fileSize: 12 },
    changed: ['name', 'phone'],
  });
  return JSON.stringify({ sdk: '1.0.0', actions: Array.from({ length: random.integer(0, 5) }, action) });
}
