// region: send
package main

import (
	"context"
	"log"
	"os"

	"github.com/Azure/go-amqp"
)

func main() {
	ctx := context.Background()
	login := amqp.SASLTypePlain(os.Getenv("MQLAB_USER"), os.Getenv("MQLAB_PASSWORD"))
	connection, err := amqp.Dial(ctx, os.Getenv("MQLAB_URL"), &amqp.ConnOptions{SASLType: login})
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	session, err := connection.NewSession(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	sender, err := session.NewSender(ctx, "your-queue", nil)
	if err != nil {
		log.Fatal(err)
	}
	// Without this header the message does not survive a restart of the broker.
	durable := &amqp.MessageHeader{Durable: true}
	// Returns when the broker has accepted it.
	if err := sender.Send(ctx, &amqp.Message{Header: durable, Value: "Hello from Go"}, nil); err != nil {
		log.Fatal(err)
	}
}

// endregion
