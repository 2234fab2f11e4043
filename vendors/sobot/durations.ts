/** Every duration of the forwarding document: 单位:毫秒; of session_human_duration and response_avg it says no unit. */
export const durations = {
  'conversation.conversation_duration': 'ms',
  'conversation.first_response_time': 'ms',
  'conversation.queue_time': 'ms',
  'conversation.response_duration': 'ms',
  'conversation.response_avg': 'ms',
  'conversation.session_human_duration': 'ms',
} as const;
