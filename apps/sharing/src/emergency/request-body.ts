import { bodyReader } from '../http/body-reader.js';

export const {
  bad,
  objectOf: objectIn,
  textOf: textIn,
  optionalText: optionalTextIn,
  oneOf: oneIn,
} = bodyReader('The request was not understood');
