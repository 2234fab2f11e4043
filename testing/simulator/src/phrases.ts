/** Who said what, in order: `v` the visitor, `s` a member of staff or a robot. */
export type Turns = readonly (readonly ['v' | 's', string])[];

/** What was said in one kind of conversation. */
export interface Topic {
  readonly subject: string;
  readonly memo: string;
  readonly keyword: string;
  readonly page: { readonly path: string; readonly title: string };
  readonly turns: Turns;
}

export const surnames = [
  '王',
  '李',
  '张',
  '刘',
  '陈',
  '杨',
  '黄',
  '赵',
  '吴',
  '周',
  '徐',
  '孙',
  '欧阳',
  '司马',
  '𠮷田',
];
export const givenNames = [
  ...['伟', '芳', '娜', '敏', '静', '强', '磊', '洋', '艳', '勇', '军', '杰', '娟', '涛', '明', '超', '秀兰'],
  ...['霞', '平', '刚', '桂英', '子涵', '梓萱', '浩然', '欣怡', '宇轩', '若曦', '思远', '雨桐', '𬱖'],
];
export const nicknames = [
  '宝宝',
  '阳光小雨🌦',
  '招商王',
  '追风少年',
  '爱吃火锅🍲',
  'Coco~',
  '<夜猫子>',
  '路人甲',
  'Mr.𠮷',
  '小确幸❤️',
];
export const places = [
  ['广东', '深圳'],
  ['广东', '广州'],
  ['浙江', '杭州'],
  ['江苏', '南京'],
  ['四川', '成都'],
  ['辽宁', '沈阳'],
  ['山东', '青岛'],
  ['湖北', '武汉'],
  ['上海', '上海'],
  ['北京', '北京'],
] as const;
export const streets = [
  '深南大道88号',
  '中山路12号3栋',
  '人民南路四段',
  '解放大道1127号 & 世贸广场',
  '学院路"创新园"5楼',
];
export const categories = ['金牌会员', '普通会员', '意向', '成交客户', '沉默客户'];
export const memos = [
  '意向用户可跟',
  '娱乐明星',
  '下午三点后联系',
  '优质客户👍',
  '对价格敏感 <需主管跟进>',
  '老客户,多次回购',
];

export const topics: readonly Topic[] = [
  {
    subject: '售后>订单>物流',
    memo: '物流延误,已催件',
    keyword: '快递多久到',
    page: { path: '/order/logistics?from=mine&tab=1', title: '我的订单 - 物流详情' },
    turns: [
      ['v', '你好,我的订单三天了还没发货😡'],
      ['s', '您好,麻烦提供一下订单号,我这边马上帮您查询~'],
      ['v', '单号是 SF1389<20>&77,收件人写的 𠮷野家'],
      [
        's',
        '查到了,包裹在<a href="https://www.example.com/t?id=7&k=1" target="_blank">这里</a>可以看到,预计明天送达',
      ],
      ['v', '好的,谢谢🙏'],
      ['s', '不客气,还有其他可以帮您的吗?'],
    ],
  },
  {
    subject: '售后>退换货',
    memo: '客户要求换货,拒绝维修',
    keyword: '七天无理由退货',
    page: { path: '/help/refund', title: '退换货说明' },
    turns: [
      ['v', '收到的鞋子尺码不对,想换42码'],
      ['s', '非常抱歉给您带来不便,请问吊牌还在吗?'],
      ['v', '在的,还没穿过'],
      ['v', '<img src="https://img.example.com/u/8842.jpg" alt="尺码"/>'],
      ['s', '可以换的,运费由我们承担😊'],
      ['v', '那什么时候能寄出?\n我周末要用'],
      ['s', '收到退件后当天寄出'],
      ['v', '来不及的话我就不换了,能直接退款吗'],
      ['s', '可以的,退款会在三个工作日内原路退回'],
    ],
  },
  {
    subject: '售前>产品咨询',
    memo: '需要报价单',
    keyword: '在线客服软件',
    page: { path: '/product/pricing', title: '【官网】价格与版本 | 在线客服系统_智能客服机器人' },
    turns: [
      ['v', '想询问自动应答功能,是否可以多新增几个呢'],
      ['s', '您好,标准版可以设置20条,企业版不限'],
      ['v', '如30秒回复一个内容,90秒再回复一个呢?'],
      ['s', '可以的,时间>30秒即可'],
      ['v', '企业版多少钱一年'],
      ['s', '<p>企业版 <b>¥9,800</b>/年,5坐席起</p>'],
      ['v', '有点贵🤔 考虑一下'],
    ],
  },
  {
    subject: '账务>还款',
    memo: '已说明展期规则',
    keyword: '延期还款怎么算',
    page: { path: '/loan/repay', title: '还款计划' },
    turns: [
      ['v', '到还款日,延期3天怎么算'],
      ['s', '您好,延期按日计息,3天内不影响征信'],
      ['v', '利率是多少?'],
      ['s', '日利率万分之五,例如 10000 元 3 天为 15 元'],
      ['v', '明白了👌'],
    ],
  },
  {
    subject: '技术>接口',
    memo: '转研发处理',
    keyword: '消息推送接口',
    page: { path: '/docs/push#signature', title: '开发文档 > 消息推送' },
    turns: [
      ['v', '推送接口一直报签名错误'],
      ['s', '请把请求地址和时间戳发一下'],
      ['v', 'if (a[b[0]]>1) { throw "sign \\n error" } 这一行抛的'],
      ['s', '排序的三个参数里少了 nonce,您看下'],
      ['v', '是的,改好了,牛👨‍💻'],
      ['s', '好的,有问题随时联系'],
    ],
  },
  {
    subject: '其他',
    memo: '',
    keyword: '客服电话',
    page: { path: '/', title: '首页' },
    turns: [
      ['v', '在吗'],
      ['s', '在的,请问有什么可以帮您?'],
      ['v', '?'],
      ['v', '没事了'],
    ],
  },
];

export const robotTurns: Turns = [
  ['v', '怎么修改收货地址'],
  ['s', '您可以在<b>我的订单</b>中点击“修改地址”,发货后无法修改哦~'],
  ['v', '发票怎么开'],
  ['s', '猜您想问:\n1. 电子发票\n2. 纸质发票\n请回复序号'],
  ['v', '转人工'],
  ['s', '正在为您转接人工客服,请稍候🤖'],
];

export const leaveMessages = [
  '请尽快联系我,电话 13545777846',
  '想了解企业版报价📧',
  '我要投诉!!!\n上次的问题还没解决',
  '晚上8点前方便接听',
];
export const scoreDimensions = ['产品,服务', '服务态度', '响应速度,专业程度', '物流'];
export const suggestions = [
  '产品很棒,客服的服务更棒!',
  '回复太慢了😤',
  '',
  '还行',
  '𡃁仔好有耐心,五星🌟🌟🌟🌟🌟',
];
export const browsers = [
  ['QQ浏览器', '9.0', 'Windows', '7'],
  ['Chrome', '126.0', 'Windows', '10'],
  ['Safari', '17.5', 'iOS', '17'],
  ['Edge', '125.0', 'macOS', '14'],
] as const;
