// The vendor's jssdk-1.0.0.js, as far as its page documents it. METHODS and WORKBENCH are put in by the emulator.
(() => {
  const methods = METHODS;
  const workbench = WORKBENCH;
  const listeners = new Map();
  const callbacks = { ready: [], error: [] };
  let state = 'unverified';
  let said;

  const send = (type, value) => parent.postMessage({ echatSDK: type, value }, workbench);
  addEventListener('message', ({ source, origin, data }) => {
    if (source !== parent || origin !== workbench || !data?.echatSDK) return;
    const { echatSDK: type, value } = data;
    if (type === 'ready' || type === 'error') {
      state = type;
      said = value;
      for (const callback of callbacks[type]) callback(value);
    } else for (const callback of listeners.get(type) ?? []) callback(value);
  });

  const needVerified = () => {
    if (state !== 'ready') throw new Error('echatSDK: config 验证未通过');
  };
  const call = (name) => (value) => {
    needVerified();
    send(name, value);
  };
  const listen = (name) => (callback) => {
    needVerified();
    listeners.set(name, [...(listeners.get(name) ?? []), callback]);
    send('listen', name);
  };
  const when = (type) => (callback) => {
    callbacks[type].push(callback);
    if (state === type) callback(said);
  };
  // The value of a parameter, or of the part of it that stands between two & (section 3).
  const getParamData = (name, subName) => {
    const value = new URLSearchParams(location.search).get(name) ?? '';
    return subName === undefined ? value : (new URLSearchParams(value).get(subName) ?? '');
  };

  window.echatSDK = {
    config(options) {
      state = 'unverified';
      if (options.debug) console.log('echatSDK.config', options);
      send('config', options);
    },
    ready: when('ready'),
    error: when('error'),
    getParamData,
    ...Object.fromEntries(methods.map((name) => [name, name.startsWith('on') ? listen(name) : call(name)])),
  };
})();
