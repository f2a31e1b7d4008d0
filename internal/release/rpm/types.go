package rpm

// signatureTypes and mainTypes are the types of the tags that nfpm and rpmsign
// write, from rpm's table of tags (docs/manual/tags.md). What is not here is
// refused, so that a new version of nfpm cannot bring something unseen.
var signatureTypes = map[uint32]uint32{
	sigDSA: typeBin, sigRSA: typeBin, sigSHA1: typeString, sigSHA256: typeString,
	sigSize: typeInt32, sigPGP: typeBin, sigMD5: typeBin, sigGPG: typeBin, sigPayloadSize: typeInt32,
	1008: typeBin, // room that rpm leaves for a signature
}

// eitherString: rpm itself writes the program of a script as a string, and as
// an array where it has arguments.
const eitherString = 1 << 16

var mainTypes = map[uint32]uint32{
	tagI18NTable: typeStringArray,
	tagName:      typeString, tagVersion: typeString, tagRelease: typeString,
	1004: typeI18NString, 1005: typeI18NString, 1006: typeInt32, 1007: typeString, // summary, description, build time and host
	1009: typeInt32, 1011: typeString, 1014: typeString, 1015: typeString, // size, vendor, licence, packager
	1016: typeI18NString, 1020: typeString, tagOS: typeString, tagArch: typeString, // group, URL
	1023: typeString, 1024: typeString, 1025: typeString, 1026: typeString, // scripts
	1028: typeInt32, 1030: typeInt16, 1033: typeInt16, 1034: typeInt32, // files: sizes, modes, devices, times
	1035: typeStringArray, 1036: typeStringArray, 1037: typeInt32, // digests, links, flags
	1039: typeStringArray, 1040: typeStringArray, 1044: typeString, 1045: typeInt32, // owners, groups, source, verify
	1047: typeStringArray, 1048: typeInt32, 1049: typeStringArray, 1050: typeStringArray, // provides, requires
	1053: typeInt32, 1054: typeStringArray, 1055: typeStringArray, // conflicts
	1080: typeInt32, 1081: typeStringArray, 1082: typeStringArray, // changelog
	1085: eitherString, 1086: eitherString, 1087: eitherString, 1088: eitherString, // programs of the scripts
	1090: typeStringArray, 1095: typeInt32, 1096: typeInt32, 1097: typeStringArray, // obsoletes; files: devices, inodes, languages
	1112: typeInt32, 1113: typeStringArray, 1114: typeInt32, 1115: typeStringArray,
	1116: typeInt32, 1117: typeStringArray, 1118: typeStringArray, // folders and names of the files
	1124: typeString, 1125: typeString, 1126: typeString, // payload: form, compressor, level
	5011: typeInt32,                                               // kind of the files' digests
	5046: typeStringArray, 5047: typeStringArray, 5048: typeInt32, // recommends
	5049: typeStringArray, 5050: typeStringArray, 5051: typeInt32, // suggests
	tagPayloadDigest: typeStringArray, tagPayloadDigestAlgo: typeInt32,
}
