/** The vendor's JS-SDK as its page documents it. Types stay open where the page is silent. */

/** Further values that the vendor may send, or take. */
type Open = Readonly<Record<string, unknown>>;

/** What `pushVisitorEvent` shows to the visitor. The page shows these fields, and says of none that it is needed. */
export interface Card extends Open {
  readonly eventId?: string;
  readonly title?: string;
  /** HTML. */
  readonly content?: string;
  readonly imageUrl?: string;
  /** A URL, or a call such as `apiUrl(263,'reload')`. */
  readonly url?: string;
  readonly memo?: string;
}

export interface ChatSign {
  readonly chatSign: 0 | 1;
}
export interface ImageInfo extends Open {
  readonly smallImg: string;
  readonly sourceImg: string;
}
export interface VideoInfo extends Open {
  readonly videoThumbUrl: string;
  /** mp4. */
  readonly fileUrl: string;
}
export interface VoiceInfo extends Open {
  /** mp3 or wav. */
  readonly fileUrl: string;
  /** In seconds. */
  readonly voiceDuration: number;
}
export interface FileInfo extends Open {
  readonly fileUrl: string;
  readonly fileName: string;
  /** In bytes. */
  readonly fileSize: number;
}

/** Of `onSelectVisitor`. */
export interface SelectedVisitor extends Open {
  /** 0 none, 1 begun, 2 ended. */
  readonly chatStatus?: 0 | 1 | 2;
  /** Encrypted. */
  readonly metaData?: string;
  readonly myData?: string;
  readonly visitorData?: Open;
  readonly routeData?: Open;
  readonly chatData?: Open;
  readonly crmData?: Open;
}

/** Of `onReceiveMsg`. */
export interface ReceivedMessage extends Open {
  readonly visitorId?: string;
  /** 1 text, 2 image, 3 video, 4 voice, 5 file. */
  readonly msgType?: 1 | 2 | 3 | 4 | 5;
  readonly content?: string;
  readonly smallImg?: string;
  readonly sourceImg?: string;
  readonly videoThumbUrl?: string;
  readonly fileUrl?: string;
  /** In seconds. */
  readonly voiceDuration?: number;
  readonly fileName?: string;
  /** In bytes. */
  readonly fileSize?: number;
}

/** Of `onCrmUpdate`: the fields that this staff just changed. */
export interface CrmUpdate extends Open {
  readonly visitorId?: string;
  readonly name?: string;
  readonly nickName?: string;
  /** 0 unknown, 1 male, 2 female. */
  readonly gender?: 0 | 1 | 2;
  readonly age?: number;
  readonly phone?: string;
  readonly qq?: string;
  /** The page says long; names of accounts are texts. */
  readonly wechat?: string | number;
  readonly email?: string;
  readonly memo?: string | number;
}

/** What each method takes. */
export interface Arguments {
  pushVisitorEvent: Card;
  setVisitorChatSign: ChatSign;
  sendTxtMsgToVisitor: string;
  sendImageToVisitor: ImageInfo;
  sendVideoToVisitor: VideoInfo;
  sendVoiceToVisitor: VoiceInfo;
  sendFileToVisitor: FileInfo;
}
/** What each callback is given. */
export interface Events {
  onSelectVisitor: SelectedVisitor;
  onReceiveMsg: ReceivedMessage;
  onCrmUpdate: CrmUpdate;
}
export type CallName = keyof Arguments;
export type EventName = keyof Events;
export type MethodName = CallName | EventName | 'getParamData';

/** Parameters that the page names; others may come. */
export type ParamName =
  'visitorData' | 'routeData' | 'chatData' | 'crmData' | 'metaData' | 'myData' | (string & {});

/** The vendor's global. Methods that are announced (未开放) may be absent. */
export type EchatSdk = {
  config(options: { debug: boolean; timestamp: number; nonce: string; signature: string }): void;
  ready(callback: () => void): void;
  error(callback: (reason: unknown) => void): void;
  getParamData(name: string, subName?: string): string;
} & { [N in CallName]?: (argument: Arguments[N]) => unknown } & {
  [N in EventName]?: (callback: (event: Events[N]) => void) => unknown;
};
