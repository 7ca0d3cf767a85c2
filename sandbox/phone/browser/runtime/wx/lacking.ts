import { ApiRefusal, api } from './call.ts'

/** What WeChat has and this phone has not, beside the listeners. `test/unit/phone-wx.test.ts` holds it against WeChat's typings. */
const LACKING = new Set(
  `
  addCard addFileToFavorites addPaymentPassFinish addPaymentPassGetCertificateData addPhoneCalendar
  addPhoneContact addPhoneRepeatCalendar addVideoToFavorites arrayBufferToBase64 authPrivateMessage
  authorize authorizeForMiniProgram base64ToArrayBuffer batchGetStorage batchGetStorageSync batchSetStorage
  batchSetStorageSync bindEmployeeRelation canAddSecureElementPass cancelIdleCallback canvasGetImageData
  canvasPutImageData canvasToTempFilePath checkDeviceSupportHevc checkEmployeeRelation
  checkIsAddedToMyMiniProgram checkIsOpenAccessibility checkIsPictureInPictureActive
  checkIsSoterEnrolledInDevice checkIsSupportFacialRecognition checkIsSupportSoterAuthentication
  checkTransitCardSupport chooseContact chooseImage chooseInvoice chooseInvoiceTitle
  chooseLicensePlate chooseLocation chooseMedia chooseMessageFile choosePoi chooseVideo closeBLEConnection
  closeBluetoothAdapter closeSocket compressImage compressVideo connectSocket connectWifi createAnimation
  createAudioContext createBLEConnection createBLEPeripheralServer createBufferURL createCacheManager
  createCameraContext createCanvasContext createGlobalPayment createInferenceSession
  createInnerAudioContext createIntersectionObserver createInterstitialAd createLivePlayerContext
  createLivePusherContext createMapContext createMediaAudioPlayer createMediaContainer createMediaRecorder
  createOffscreenCanvas createRewardedVideoAd createSelectorQuery createTCPSocket createUDPSocket
  createVKSession createVideoContext createVideoDecoder createWebAudioContext createWorker cropImage
  deleteTransitCard disableAlertBeforeUnload downloadFile editImage enableAlertBeforeUnload
  enterChatToolMode exitMiniProgram exitVoIPChat faceDetect getApiCategory getAppAuthorizeSetting
  getAvailableAudioSources getBLEDeviceCharacteristics getBLEDeviceRSSI getBLEDeviceServices getBLEMTU
  getBackgroundAudioManager getBackgroundAudioPlayerState getBackgroundFetchData getBackgroundFetchToken
  getBatteryInfo getBatteryInfoSync getBeacons getBluetoothAdapterState getBluetoothDevices
  getChannelsLiveInfo getChannelsLiveNoticeInfo getChannelsShareKey getChatToolInfo getClipboardData
  getCommonConfig getConnectedBluetoothDevices getConnectedWifi getDeviceBenchmarkInfo getDeviceVoIPList
  getExptInfoSync getExtConfig getExtConfigSync getFileSystemManager getFuzzyLocation getGroupEnterInfo
  getHCEState getImageInfo getInferenceEnvInfo getLocalIPAddress getLocation getLogManager
  getMenuButtonBoundingClientRect getNFCAdapter getPerformance getPluginUpdateManager getRandomValues
  getRealtimeLogManager getRecorderManager getRendererUserAgent getScreenBrightness getScreenRecordingState
  getSecureElementPasses getSelectedTextRange getSetting getShareInfo getShowSplashAdStatus getSkylineInfo
  getSkylineInfoSync getSystemInfoAsync getSystemSetting getTransitCardCPLC getTransitCardInfo
  getTransitCardList getUserCryptoManager getUserInfo getUserProfile getVideoInfo getWeRunData getWifiList
  getXrFrameSystem hideKeyboard hideNavigationBarLoading hideTabBar hideTabBarRedDot initFaceDetect
  isBluetoothDevicePaired isVKSupport issueTransitCard join1v1Chat joinVoIPChat jumpToOfflinePay
  loadBuiltInFontFace loadFontFace makeBluetoothPair notifyBLECharacteristicValueChange notifyGroupMembers
  openAppAuthorizeSetting openBluetoothAdapter openBusinessView openCard openChannelsActivity
  openChannelsEvent openChannelsLive openChannelsLiveNoticeInfo openChannelsUserProfile openChatTool
  openCustomerServiceChat openDesignerProfile openDocument openEmbeddedMiniProgram openHKOfflinePayView
  openInquiriesTopic openLocation openOfficialAccountArticle openOfficialAccountChat
  openOfficialAccountProfile openPrivacyContract openSetting openSingleStickerView openStickerIPView
  openStickerSetView openStoreCouponDetail openStoreOrderDetail openSystemBluetoothSetting openVideoEditor
  pauseBackgroundAudio pauseVoice playBackgroundAudio playVoice pluginLogin
  postMessageToReferrerMiniProgram postMessageToReferrerPage preDownloadSubpackage preloadAssets
  preloadSkylineView preloadWebview previewImage previewMedia readBLECharacteristicValue
  rechargeTransitCard removeSecureElementPass removeTabBarBadge requestAppleSubscribeSign
  requestCommonPayment requestDeviceVoIP requestFacialVerify requestIdleCallback requestMerchantTransfer
  requestOrderPayment requestPluginPayment requestSubscribeDeviceMessage requestSubscribeEmployeeMessage
  requestSubscribeMessage requestVirtualPayment reserveChannelsLive restartMiniProgram revokeBufferURL
  rewriteRoute saveFileToDisk saveImageToPhotosAlbum saveVideoToPhotosAlbum scanCode seekBackgroundAudio
  selectGroupMembers sendHCEMessage sendSms sendSocketMessage setBLEMTU setBackgroundColor
  setBackgroundFetchToken setBackgroundTextStyle setEnable1v1Chat setEnableDebug setInnerAudioOption
  setKeepScreenOn setNavigationBarColor setScreenBrightness setTabBarBadge setTabBarItem setTabBarStyle
  setTopBarText setVisualEffectOnCapture setWifiList setWindowSize shareAppMessageToGroup shareEmojiToGroup
  shareFileMessage shareFileToGroup shareImageToGroup shareToOfficialAccount shareToWeRun shareVideoMessage
  shareVideoToGroup showNavigationBarLoading showRedPackage showShareImageMenu showTabBar showTabBarRedDot
  startAccelerometer startBeaconDiscovery startBluetoothDevicesDiscovery startCompass
  startDeviceMotionListening startGyroscope startHCE startLocalServiceDiscovery startLocationUpdate
  startLocationUpdateBackground startRecord startSoterAuthentication startWifi stopAccelerometer
  stopBackgroundAudio stopBeaconDiscovery stopBluetoothDevicesDiscovery stopCompass
  stopDeviceMotionListening stopFaceDetect stopGyroscope stopHCE stopLocalServiceDiscovery
  stopLocationUpdate stopRecord stopVoice stopWifi subscribeVoIPVideoMembers updateShareMenu
  updateVoIPChatMuteConfig updateWeChatApp uploadFile writeBLECharacteristicValue
`
    .trim()
    .split(/\s+/),
)

const LISTENERS = /^(?:on|off)[A-Z]/
/** They answer at once, so there is no callback that could be told. */
const AT_ONCE =
  /Sync$|^getSystemSetting$|^getAppAuthorizeSetting$|^getMenuButton|^getApiCategory$|^isVKSupport$|IdleCallback$|^revokeBufferURL$|^create[A-Z]|^get\w+(?:Manager|Adapter|System|Performance)$|^getPerformance$|ToArrayBuffer$|ToBase64$/

/** @returns what stands for a function of WeChat's that this phone lacks; undefined when WeChat has none of that name */
export function lacking(name: string): ((options?: object) => unknown) | undefined {
  const sentence = `wx.${name} 在沙箱的手机里还没有实现，请在真机上验证。`
  // Nothing will ever happen, so nobody need be told.
  if (LISTENERS.test(name)) return () => undefined
  if (!LACKING.has(name)) return undefined
  if (!AT_ONCE.test(name))
    return api(name, async () => {
      throw new ApiRefusal(sentence)
    })
  return () => {
    throw new Error(sentence)
  }
}
