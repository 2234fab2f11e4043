export { connect } from './connect.ts';
export { StaffSdkError } from './error.ts';
export type { ConnectOptions, Identity, StaffSdk } from './connect.ts';
export type { StaffSdkErrorCode } from './error.ts';
export type { Credential } from './gateway.ts';
export type { Redaction, RedactionPolicy } from './redact.ts';
export type {
  Card,
  ChatSign,
  CrmUpdate,
  FileInfo,
  ImageInfo,
  MethodName,
  ParamName,
  ReceivedMessage,
  SelectedVisitor,
  VideoInfo,
  VoiceInfo,
} from './vendor.ts';
