module ergane.io/rigload

go 1.26
