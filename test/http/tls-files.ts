/** A certificate for localhost and its key, which is nobody's secret: made for these tests, good for a hundred years. */

export const certificate = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUCpAuEiPcbGplJt6cAvNaOCXTUSowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzAzMzkwM1oYDzIxMjYxMDMw
MDMzOTAzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASNaXjDMOeoVKdDzE/yg9AQt5x/uavDIBF9e8w+E12fglcedag7L4m5
FbaQwTda5EWjkA20g3wiJ6Z/MPjKY8ano1MwUTAdBgNVHQ4EFgQU7OkAguUuxZl7
TobMk4bSFN4e3wUwHwYDVR0jBBgwFoAU7OkAguUuxZl7TobMk4bSFN4e3wUwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAgGnHaytlk7PbjihQQSnD
HblSgOtvveV5ZHZi1SIoviYCIBFHjo1r+O6GOgfngvCDqhyzZx99gjLcNLxe2VAI
wIA/
-----END CERTIFICATE-----
`;

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/kX1r+KqfBGQuKt3
3102FP/ThysVtXVife3dj5hAtR+hRANCAASNaXjDMOeoVKdDzE/yg9AQt5x/uavD
IBF9e8w+E12fglcedag7L4m5FbaQwTda5EWjkA20g3wiJ6Z/MPjKY8an
-----END PRIVATE KEY-----
`;
