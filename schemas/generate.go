package schemas

//go:generate go run ../internal/schemagen/write
