/** C's integer types as far as arithmetic tells them apart: signedness and width in bits; `bool` is `_Bool`. */
export type IntType = 'bool' | 's8' | 'u8' | 's16' | 'u16' | 's32' | 'u32' | 's64' | 'u64';
