/** What a vendor's number may count. */
export const durationUnits = { ms: 1, s: 1_000 } as const;

export type DurationUnit = keyof typeof durationUnits;

interface DocumentedDuration {
  readonly vendor: 'echat' | 'sobot';
  /** As the vendor's page says; where it says nothing, the unit of its neighbours. */
  readonly unit: DurationUnit;
}

/**
 * Every duration that a vendor sends. The pages contradict themselves and their samples, so the unit of each is
 * a setting of the source (`durationUnits`) whose default is the documented one.
 */
export const durationFields = {
  // 3.2.2 chatData, in chatEnd and robotChatEnd: 单位:毫秒. The sample's values look like seconds.
  'chatEnd.chatTotalTime': { vendor: 'echat', unit: 'ms' },
  'chatEnd.chatWaitTime': { vendor: 'echat', unit: 'ms' },
  'chatEnd.firstAnswerTime': { vendor: 'echat', unit: 'ms' },
  'chatEnd.avgAnswerTime': { vendor: 'echat', unit: 'ms' },
  // 3.2.2 staffKpi: 单位:秒; of duration the page says no unit.
  'staffKpi.firstAnswerTime': { vendor: 'echat', unit: 's' },
  'staffKpi.avgAnswerTime': { vendor: 'echat', unit: 's' },
  'staffKpi.duration': { vendor: 'echat', unit: 's' },
  // 3.2.3: 单位:秒.
  'chatAnswer.chatWaitTime': { vendor: 'echat', unit: 's' },
  // 3.4.2: 单位:秒. The sample's 262728 looks like milliseconds.
  'visitorOut.visitTotalTime': { vendor: 'echat', unit: 's' },
  // 单位:毫秒; of session_human_duration and response_avg the page says no unit.
  'conversation.conversation_duration': { vendor: 'sobot', unit: 'ms' },
  'conversation.first_response_time': { vendor: 'sobot', unit: 'ms' },
  'conversation.queue_time': { vendor: 'sobot', unit: 'ms' },
  'conversation.response_duration': { vendor: 'sobot', unit: 'ms' },
  'conversation.response_avg': { vendor: 'sobot', unit: 'ms' },
  'conversation.session_human_duration': { vendor: 'sobot', unit: 'ms' },
} as const satisfies Record<string, DocumentedDuration>;

export type DurationField = keyof typeof durationFields;

/** The names that a source of this vendor may set. */
export function durationFieldsOf(vendor: 'echat' | 'sobot'): DurationField[] {
  return (Object.keys(durationFields) as DurationField[]).filter(
    (field) => durationFields[field].vendor === vendor,
  );
}
