/** Every duration of the push document, with the unit that it says; where it says nothing, the unit of its neighbours. */
export const durations = {
  // 3.2.2 chatData, in chatEnd and robotChatEnd: 单位:毫秒. The sample's values look like seconds.
  'chatEnd.chatTotalTime': 'ms',
  'chatEnd.chatWaitTime': 'ms',
  'chatEnd.firstAnswerTime': 'ms',
  'chatEnd.avgAnswerTime': 'ms',
  // 3.2.2 staffKpi: 单位:秒; of duration the page says no unit.
  'staffKpi.firstAnswerTime': 's',
  'staffKpi.avgAnswerTime': 's',
  'staffKpi.duration': 's',
  // 3.2.3: 单位:秒.
  'chatAnswer.chatWaitTime': 's',
  // 3.4.2: 单位:秒. The sample's 262728 looks like milliseconds.
  'visitorOut.visitTotalTime': 's',
} as const;
