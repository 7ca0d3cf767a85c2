/** The two addresses that a person of this name has in WeChat's list, as wx.chooseAddress answers them. */
export const addressesOf = (userName: string) => [
  {
    userName,
    telNumber: '020-81167888',
    provinceName: '广东省',
    cityName: '广州市',
    countyName: '海珠区',
    detailInfo: '新港中路 397 号',
    postalCode: '510000',
    nationalCode: '440105',
  },
  {
    userName,
    telNumber: '13800138000',
    provinceName: '北京市',
    cityName: '北京市',
    countyName: '海淀区',
    detailInfo: '知春路 49 号 6 层',
    postalCode: '100080',
    nationalCode: '110108',
  },
]
